# Lo que figura en cada carta: títulos, columnas, fórmulas.

language-name = español
date = Fecha
reference = Referencia
date-and-reference = Fecha y referencia
matter = Asunto
addressee = Destinatario
sent-to-desk = Enviado a la oficina
instrument = Instrumento
provision = Disposición
provisions-followed = Disposiciones seguidas
status = Estado
period = Plazo
due-or-ends = Vencimiento o término
legal-limit = Límite legal
rule = Norma
due = Vence
ends = Termina
counted = Cómputo
from-sending = calculado aquí desde el envío
as-order-states = según la orden o la autorización
no-fixed-limit = sin límite fijo
at-least-until = al menos hasta { $time }
clock-reply = Respuesta
clock-preservation = Conservación
clock-authority = Orden o autorización
confidentiality = Confidencialidad
marking = Marcado
marking-sentence = Trate esta carta como exige su marcado.
practice = práctica
practice-note = (práctica): ninguna disposición lo exige; se indica porque sin ello no puede responderse a la carta.
cf-note = cf.: según el modelo del contenido previsto en otro tratado.
further-information = Otra información
charter-name = Equipo
charter-lead = Dirigido por
charter-desks = Oficinas
charter-from = Desde
charter-until = Hasta
charter-purposes = Finalidades
charter-version = Versión
charter-data = Datos
charter-tier = Hasta el nivel
charter-tier-default = el previsto para el tipo de cada socio
charter-kept = Conservación máxima
charter-days = { $amount ->
    [one] { $amount } día
   *[other] { $amount } días
}
charter-target = Objetivo
target-acknowledged = se acusa recibo de la solicitud en un plazo de { $amount ->
    [one] { $amount } día
   *[other] { $amount } días
}
target-decided = se decide sobre la solicitud en un plazo de { $amount ->
    [one] { $amount } día
   *[other] { $amount } días
}
target-delivered = se entrega lo solicitado en un plazo de { $amount ->
    [one] { $amount } día
   *[other] { $amount } días
}
preservation-result = Resultado de la conservación
preserved-since = Datos conservados desde
preserved-until = Datos conservados hasta
preserved-reference = Referencia de quien los conserva
target-preserved = se confirma la conservación solicitada en un plazo de { $amount ->
    [one] { $amount } día
   *[other] { $amount } días
}
category-indicator = indicadores técnicos
category-registration = datos de registro de dominios
category-identification = datos que identifican al usuario
category-subscriber = datos relativos a los abonados
category-traffic = datos de tráfico
category-location = datos de localización
category-content = datos relativos al contenido
category-special = categorías especiales de datos personales
charter-signed = Ha firmado
charter-unsigned = Aún no ha firmado
grounds = Motivos
contact-and-language = Contacto e idioma
central-authority = Autoridad central
contact-point = Punto de contacto 24/7
central-authority-of = Autoridad central de { $code }
contact-of = Punto de contacto 24/7 de { $code }
language = Idioma
language-line = Esta carta está escrita en { $name }. { $code } acepta: { $list }.
language-urgent = solicitudes urgentes
contact-phone = Teléfono
contact-mail = Correo electrónico
contact-hours = Horario
contact-zone = Zona horaria
contact-officer = Persona de guardia
contact-verify = Verificación
contact-as-of = Directorio de { $day }
contact-none = no consta
signature = Firma
name = Nombre
office = Cargo
place-and-date = Lugar y fecha
validated-by = Validado por
not-to-be-signed = Esto es un borrador. No debe firmarse.
sent-for = Enviado por { $desk } a través de { $signer }, { $role }, en virtud del acto firmado que se indica abajo.
id-request = Solicitud
id-act = Acto
id-case = Caso
written-with = Elaborado con { $tool }.
tool = comity { $version }; derecho aplicado: { $law ->
    [0] las normas propias del programa
    [1] las normas del programa y 1 cambio firmado aquí
   *[other] las normas del programa y { $law } cambios firmados aquí
}
digest-line = La huella de esta carta consta en el registro de la oficina.
quote = Indique la referencia anterior en toda respuesta.
local-time = { $utc }; en el lugar del destinatario { $local }
translation = Traducción
translator = Traducido por { $name }, que declara que la traducción es fiel y completa.
into-the-system = Para su transferencia al sistema de comunicación que el instrumento prescribe; esta hoja no es la transmisión.
not-stated = no indicado
not-applicable = no procede

# Encabezamiento.
banner-exercise = EXERCISE EXERCISE EXERCISE
banner-not-in-force = NO VIGENTE ENTRE { $one } Y { $other }
banner-draft = BORRADOR, NO ENVIADO

# Si el instrumento está en vigor.
status-home = el derecho de la parte que emite la orden
status-straight = ningún tratado obliga al destinatario: lo que se entrega se entrega voluntariamente
status-model = un modelo: lo que obliga es el acuerdo que se firma
status-originator = observado entre { $one } y { $other }; no es un tratado
status-in-force = en vigor entre { $one } y { $other }
status-was-in-force = en vigor entre { $one } y { $other } cuando se envió, y ya no
status-not-in-force = NO VIGENTE entre { $one } y { $other }
status-signed = NO VIGENTE entre { $one } y { $other }: firmado, no vigente
status-applies-from = NO VIGENTE entre { $one } y { $other }: aplicable desde { $day }

# Plazos.
variant-order = su propio plazo
variant-emergency = emergencia
variant-urgent-direct = urgente, directamente accesible
variant-urgent-indirect = urgente, accesible por otro organismo
variant-provisional = medidas provisionales
variant-execution = ejecución
variant-subscriber = datos relativos a los abonados
variant-traffic = datos de tráfico
variant-validation = validación
variant-extended = prorrogado
variant-enforcing = autoridad de ejecución
variant-enforcing-emergency = autoridad de ejecución, emergencia
variant-clarification = aclaración
variant-acknowledge = acuse de recibo
counted-hours = { $amount ->
    [one] { $amount } hora
   *[other] { $amount } horas
} desde { $from }
counted-days = { $amount ->
    [one] { $amount } día
   *[other] { $amount } días
} desde { $from }
counted-at-least = al menos { $amount } días desde { $from }, y hasta que se decida la solicitud que le sigue
from-received = la recepción
from-sent = el envío
from-decided = la decisión
from-served = la notificación al proveedor
from-issued = la emisión

# Condiciones.
condition-confidentiality = Esta carta y su contenido deben mantenerse confidenciales.
condition-use-limit = El contenido de esta carta solo puede utilizarse para el fin que indica.
condition-no-onward = Esta carta no puede transmitirse sin el consentimiento de la autoridad que la escribió.
condition-no-judicial-use = El contenido de esta carta no puede utilizarse ante un tribunal.
condition-delete-by = El contenido de esta carta debe suprimirse en la fecha que indique la autoridad.
condition-notify-before-use = Debe informarse a la autoridad que escribió esta carta antes de utilizarla.
condition-seal = Esta carta debe conservarse sellada.
condition-report-use = El uso que se haga de esta carta debe comunicarse a la autoridad que la escribió.
condition-assurance = Esta carta se basa en la garantía que se dio.

# De qué se trata.
matter-earlier = Solicitud anterior
matter-earlier-plain = { $reference }
matter-earlier-of = { $reference }: { $name }, { $article }
matter-earlier-sent = { $reference }: { $name }, { $article }, enviada { $sent }
matter-item = Elemento
matter-item-of = { $item }
matter-item-marked = { $item }, marcado { $marking }
matter-recipient = Se transmitiría a
matter-recipient-known = { $name }
matter-recipient-unknown = una oficina que no se conoce aquí: { $id }

# Quién firma.
role-investigator = investigación
role-desk-officer = responsable de la oficina
role-legal-reviewer = revisión jurídica
role-release-officer = responsable de comunicación
role-oversight-auditor = auditoría de supervisión
role-finance-officer = responsable financiero
role-exercise-controller = dirección de ejercicio
role-administrator = administración

# Lo que la persona puede hacer.
remedies = Recursos
remedies-line = Contra lo hecho con datos que le conciernen, toda persona puede reclamar ante la autoridad de protección de datos y recurrir a un tribunal: { $remedies }

# Nombres de los idiomas.
lang-en = inglés
lang-fr = francés
lang-es = español

# Reclamaciones.
complaint-heard-by = Se le informará del estado del examen a más tardar el
complaint-decided-by = La decisión se adopta a más tardar el
complaint-reviewed-on = La limitación se vuelve a examinar el
complaint-remedy = Lo que se hace
remedy-erase = los datos se suprimen
remedy-correct = los datos se rectifican
remedy-restrict = el uso de los datos se limita
remedy-notify-recipients = se informa a quienes recibieron los datos
remedy-exclude-evidence = los datos dejan de servir de prueba
remedy-apology = esta autoridad pide disculpas
remedy-compensation = se paga una indemnización
remedy-discipline = se adopta una medida disciplinaria
remedy-access = se le comunica lo que se conserva
remedy-policy-change = se cambia la forma de trabajar
