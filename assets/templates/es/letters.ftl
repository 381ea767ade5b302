# Las cartas, cada una por su nombre. Lo que una carta no dice, lo dice su familia, y luego `base`.

base-title = Solicitud de asistencia
base-sender = Autoridad requirente
base-addressee = Autoridad requerida
base-opening = Esta autoridad saluda atentamente a su autoridad y solicita respetuosamente la asistencia que se describe a continuación.
base-basis = Base jurídica
base-urgency = Urgencia y plazos
base-particulars = Contenido de la solicitud
base-limitation = Limitación del uso y garantías
base-binding = Esta carta está sujeta a lo siguiente:
base-closing = Esta autoridad agradecería acuse de recibo. { $quote } Agradece a su autoridad su asistencia y queda a su disposición para cualquier información adicional.
base-courtesy = Reciba las seguridades de la alta consideración de esta autoridad.
base-signed = Firmado por: { $sender }
base-date = Fecha de la decisión

request-title = Solicitud de asistencia

# A un proveedor.
provider-sender = Autoridad emisora
provider-addressee = Destinatario
provider-particulars = Contenido de la orden
provider-closing = Se ruega al destinatario que acuse recibo, que indique la referencia anterior en toda respuesta y que comunique sin demora lo que impida su cumplimiento.
provider-annex = Cuando la base jurídica prescribe un formulario o un certificado, se adjunta; esta carta no lo sustituye.

preservation-order-title = Orden de conservación
preservation-order-opening =
    Esta autoridad ordena al destinatario, sobre la base jurídica que se indica a continuación, que conserve los datos descritos a continuación, para que no se pierdan ni se alteren.

    Esta orden es solo de conservación; no ordena que se revelen los datos.
production-order-title = Orden de entrega
production-order-opening = Esta autoridad ordena al destinatario, sobre la base jurídica que se indica a continuación, que le entregue los datos descritos a continuación, y ningún otro.
search-order-title = Orden de registro y confiscación de datos
search-order-opening = Esta autoridad ordena, sobre la base jurídica que se indica a continuación, que los datos descritos a continuación se registren y se aseguren donde se encuentren, y ningún otro.
collection-order-title = Orden de obtención en tiempo real
collection-order-opening = Esta autoridad ordena al destinatario, sobre la base jurídica que se indica a continuación, que obtenga los datos descritos a continuación mientras tiene lugar la comunicación, durante el período indicado y no más.
preservation-letter-title = Solicitud de conservación
preservation-letter-sender = Autoridad requirente
preservation-letter-particulars = Contenido de la solicitud
preservation-letter-opening =
    Esta autoridad solicita al destinatario, sobre la base jurídica que se indica a continuación, que conserve los registros descritos a continuación, para que no se pierdan ni se alteren, a la espera del procedimiento que se indica.

    Esta carta solo pide la conservación; no pide que se revelen los datos.
preservation-letter-annex = {""}
registration-title = Solicitud de datos de registro de nombres de dominio
registration-sender = Autoridad requirente
registration-particulars = Contenido de la solicitud
registration-opening = Esta autoridad solicita al destinatario, sobre la base jurídica que se indica a continuación, que le revele los datos de registro de nombres de dominio descritos a continuación.
registration-annex = {""}
voluntary-title = Solicitud de entrega voluntaria
voluntary-sender = Autoridad requirente
voluntary-particulars = Contenido de la solicitud
voluntary-opening =
    Esta autoridad solicita al destinatario, sobre la base jurídica que se indica a continuación, que le entregue voluntariamente los datos descritos a continuación, y ningún otro, en la medida en que lo permita el derecho que obliga al destinatario.

    Esta carta no es una orden. El acto procesal, cuando se debe, sigue.
voluntary-annex = {""}
access-record-title = Acta de consentimiento al acceso
access-record-sender = Autoridad que levanta el acta
access-record-addressee = Autoridad que conserva el acta
access-record-particulars = Contenido del acceso
access-record-opening =
    Esta autoridad hace constar, sobre la base jurídica que se indica a continuación, que una persona legalmente autorizada a revelar los datos descritos a continuación consintió lícita y voluntariamente en que accediera a ellos.

    El acta la lee y la firma la persona que consiente, en un idioma que comprende.
access-record-closing = Se entrega copia a la persona que consiente.
access-record-annex = Firma de la persona que consiente: ____________________

# De oficina a oficina, y a autoridades.
preservation-title = Solicitud de conservación
preservation-opening =
    Esta autoridad saluda atentamente a su autoridad y solicita respetuosamente, sobre la base jurídica que se indica a continuación, la conservación rápida de los datos descritos a continuación, para que no se pierdan ni se alteren.

    Esta carta solo pide la conservación; no pide que se revelen los datos.
production-title = Solicitud de revelación
production-opening = Esta autoridad saluda atentamente a su autoridad y solicita respetuosamente, sobre la base jurídica que se indica a continuación, la revelación rápida de los datos descritos a continuación.
mla-title = Solicitud de asistencia judicial recíproca
mla-opening = Esta autoridad saluda atentamente a su autoridad y solicita respetuosamente, sobre la base jurídica que se indica a continuación, la asistencia judicial recíproca descrita a continuación.
collection-title = Solicitud de obtención de datos en tiempo real
collection-opening =
    Esta autoridad saluda atentamente a su autoridad y solicita respetuosamente, sobre la base jurídica que se indica a continuación, que los datos descritos a continuación se obtengan mientras tiene lugar la comunicación, en las condiciones del derecho de la parte requerida y en la medida en que este lo permita.

    La orden en que se basa esta autoridad se indica a continuación; no sustituye la decisión que exige el derecho de la parte requerida.
contact-point-title = Solicitud al punto de contacto 24/7
contact-point-sender = Punto de contacto requirente
contact-point-addressee = Punto de contacto requerido
contact-point-opening = Esta autoridad saluda atentamente a su autoridad y solicita respetuosamente, sobre la base jurídica que se indica a continuación, la asistencia de su punto de contacto descrita a continuación.
emergency-title = Solicitud de emergencia
emergency-opening =
    Esta autoridad saluda atentamente a su autoridad y solicita respetuosamente, por razones de emergencia y sobre la base jurídica que se indica a continuación, la asistencia descrita a continuación.

    Esta autoridad pide que esta carta se atienda de inmediato y que se le comunique sin demora cuanto lo impida.
information-title = Información espontánea
information-sender = Autoridad que da la información
information-addressee = Autoridad receptora
information-particulars = Contenido de la información
information-opening =
    Esta autoridad saluda atentamente a su autoridad y tiene el honor de darle, sobre la base jurídica que se indica a continuación y sin solicitud previa, la información descrita a continuación, que puede ser de ayuda a su autoridad.

    La información misma sigue cuando su autoridad haya aceptado las condiciones de confidencialidad y de uso que se indican a continuación; quien las acepta queda obligado por ellas. Si su autoridad no puede cumplirlas, se le ruega que lo diga, y no se da información alguna.
information-closing = Esta autoridad agradecería saber si se aceptan las condiciones. { $quote } Queda a su disposición para cualquier información adicional.
information-given-title = Información espontánea: entrega
information-given-sender = Autoridad que da la información
information-given-addressee = Autoridad receptora
information-given-opening = Esta autoridad saluda atentamente a su autoridad y, habiendo esta aceptado las condiciones, da la información que anunció. Las condiciones aceptadas obligan en su uso.
information-given-text = Información
use-limit-title = Condiciones de confidencialidad y de uso
use-limit-sender = Autoridad que facilita el material
use-limit-addressee = Autoridad receptora
use-limit-particulars = Condiciones
use-limit-opening =
    Esta autoridad saluda atentamente a su autoridad y supedita, sobre la base jurídica que se indica a continuación, la entrega de lo descrito a continuación a las condiciones que se indican.

    Si su autoridad acepta el material en estas condiciones, queda obligada por ellas. Si no puede cumplirlas, se le ruega que lo diga con prontitud; esta autoridad decide entonces si el material se entrega no obstante.
team-title = Propuesta de investigación conjunta
team-sender = Autoridad que propone
team-addressee = Autoridad destinataria
team-particulars = Términos que se proponen
team-opening =
    Esta autoridad saluda atentamente a su autoridad y propone, sobre la base jurídica que se indica a continuación, que se convenga una investigación conjunta en los términos siguientes.

    Esta carta es una propuesta; lo que obliga es el acuerdo que firman las partes.
charter-title = Carta de un equipo conjunto
charter-sender = Oficina que expide esta copia
charter-particulars = Lo que las oficinas acuerdan
charter-opening =
    Las oficinas nombradas arriba forman un equipo conjunto en los términos que siguen.

    Lo que obliga es la carta que cada oficina ha firmado en su propio registro; este es su texto en papel.
charter-closing = { $quote }
spoc-title = Solicitud de información entre puntos de contacto únicos
spoc-sender = Punto de contacto único requirente
spoc-addressee = Punto de contacto único requerido
spoc-opening = Esta autoridad saluda atentamente a su autoridad y solicita respetuosamente, sobre la base jurídica que se indica a continuación, la información descrita a continuación.
warrant-cover-title = Transmisión de una orden o un mandamiento
warrant-cover-particulars = Contenido de la orden o del mandamiento
warrant-cover-opening =
    Esta autoridad saluda atentamente a su autoridad y tiene el honor de transmitirle la orden o el mandamiento adjunto, con el ruego de que, sobre la base jurídica que se indica a continuación, se le dé efecto.

    Esta carta acompaña a la orden o al mandamiento; no lo sustituye ni lo modifica.
warrant-cover-annex = Se adjunta: la orden o el mandamiento.
notification-title = Notificación de una orden
notification-sender = Autoridad emisora
notification-addressee = Autoridad notificada
notification-particulars = Contenido de la orden y aquello en que se basa
notification-opening = Esta autoridad saluda atentamente a su autoridad y le notifica, sobre la base jurídica que se indica a continuación, la orden descrita a continuación. Aquello en que se basa la orden se indica solo a su autoridad; el proveedor no lo recibe.
intercept-notice-title = Notificación de una intervención
intercept-notice-sender = Autoridad que interviene
intercept-notice-addressee = Autoridad notificada
intercept-notice-particulars = Contenido de la intervención
intercept-notice-opening =
    Esta autoridad saluda atentamente a su autoridad y le notifica, sobre la base jurídica que se indica a continuación, la intervención descrita a continuación, para la que no necesita asistencia técnica.

    Se ruega a su autoridad que indique en un plazo de 96 horas si la intervención no se autorizaría en un caso interno similar.
breach-title = Notificación de una violación de la seguridad
breach-sender = Autoridad que notifica
breach-addressee = Autoridad notificada
breach-particulars = Contenido de la violación
breach-opening = Esta autoridad saluda atentamente a su autoridad y le notifica, sobre la base jurídica que se indica a continuación y sin dilación indebida, que datos procedentes de su autoridad o destinados a ella se vieron afectados por la violación descrita a continuación.
consultation-title = Consulta
consultation-sender = Autoridad que consulta
consultation-addressee = Autoridad consultada
consultation-particulars = Lo que se pregunta
consultation-opening = Esta autoridad saluda atentamente a su autoridad y agradecería su parecer sobre la cuestión descrita a continuación. Esta carta no es una solicitud de asistencia.
wider-use-title = Uso de material más allá de su fin
wider-use-sender = Autoridad que recibió el material
wider-use-addressee = Autoridad que dio el material
wider-use-particulars = El material y su uso
wider-use-opening =
    Esta autoridad saluda atentamente a su autoridad y le escribe, sobre la base jurídica que se indica a continuación, acerca de un uso de material que su autoridad dio para otro fin.

    Cuando se pide consentimiento, nada se presume a falta de respuesta. Cuando la revelación se debe por ley, esta carta es su aviso, y su autoridad puede pedir que se la consulte.

# Consentimiento a la transmisión ulterior.
consent-title = Solicitud de consentimiento a la transmisión ulterior
consent-sender = Autoridad que pide el consentimiento
consent-addressee = Autoridad de origen
consent-opening =
    Esta autoridad saluda atentamente a su autoridad y solicita respetuosamente su consentimiento a la transmisión ulterior, descrita a continuación, de material que procede de su autoridad.

    El consentimiento no se presume a falta de respuesta.
consent-recital = Contenido
consent-text = Transmisión ulterior para la que se pide consentimiento
consent-limitation = Condiciones de la transmisión ulterior
consent-binding = La transmisión ulterior estaría sujeta a lo siguiente:
consent-closing = Esta autoridad agradecería su respuesta por escrito; puede utilizarse el formulario siguiente. { $quote } Agradece a su autoridad su asistencia y queda a su disposición para cualquier información adicional.
consent-answer = Respuesta de la autoridad de origen
consent-yes = Consiente en la transmisión descrita arriba.
consent-under = Consiente, en las condiciones adjuntas.
consent-no = No consiente.

# Respuestas.
answer-title = Respuesta a una solicitud
answer-sender = Autoridad requerida
answer-addressee = Autoridad requirente
answer-basis = Base jurídica de la solicitud
answer-urgency = Plazos de la solicitud
answer-recital = La solicitud a la que se refiere esta carta
answer-date = Fecha de la respuesta
answer-text = Contenido de la respuesta
answer-limitation = Condiciones
answer-binding = Esta respuesta está sujeta a lo siguiente:
answer-opening = Esta autoridad saluda atentamente a su autoridad y responde a la solicitud identificada en esta carta.
answer-closing = Esta autoridad queda a su disposición para cualquier información adicional. { $quote }
answer-acknowledge-title = Acuse de recibo
answer-acknowledge-opening =
    Esta autoridad saluda atentamente a su autoridad y acusa recibo de la solicitud identificada en esta carta.

    Este acuse de recibo no es una decisión sobre la solicitud.
answer-clarify-title = Solicitud de aclaración
answer-clarify-opening = Esta autoridad saluda atentamente a su autoridad y solicita respetuosamente una aclaración de la solicitud identificada en esta carta.
answer-clarify-text = Lo que debe aclararse
answer-clarify-closing = Esta autoridad queda a su disposición para cualquier información adicional. Agradecería su respuesta. { $quote }
answer-offer-title = Respuesta condicional a una solicitud
answer-offer-opening = Esta autoridad saluda atentamente a su autoridad y tiene el honor de informarle de que está dispuesta a cumplir, con condiciones, la solicitud identificada en esta carta.
answer-offer-text = Condiciones ofrecidas
answer-offer-closing = Esta autoridad queda a su disposición para cualquier información adicional. Agradecería saber si se aceptan las condiciones. { $quote }
answer-consult-title = Consulta previa a una decisión
answer-consult-opening =
    Esta autoridad saluda atentamente a su autoridad y la consulta antes de decidir sobre la solicitud identificada en esta carta.

    Nada se ha decidido todavía. Se pregunta a su autoridad qué puede decir sobre lo que se plantea a continuación, y si la solicitud podría concederse en parte o con condiciones.
answer-consult-text = Lo que lo impide, y lo que ayudaría
answer-consult-closing = Esta autoridad agradecería su respuesta. { $quote }
answer-consent-title = Consentimiento a la transmisión ulterior
answer-consent-opening =
    Esta autoridad saluda atentamente a su autoridad y consiente en la transmisión ulterior que pide la solicitud identificada en esta carta.

    El consentimiento abarca el elemento y el destinatario nombrados en esta carta, y ningún otro.
answer-accept-title = Aceptación de una solicitud
answer-accept-opening = Esta autoridad saluda atentamente a su autoridad y tiene el honor de informarle de que se acepta la solicitud identificada en esta carta.
answer-accept-partly-title = Aceptación parcial de una solicitud
answer-accept-partly-opening = Esta autoridad saluda atentamente a su autoridad y tiene el honor de informarle de que se acepta en parte la solicitud identificada en esta carta.
answer-accept-partly-text = Lo que se acepta y lo que no
answer-postpone-title = Aplazamiento de una solicitud
answer-postpone-opening = Esta autoridad saluda atentamente a su autoridad y tiene el honor de informarle de que se aplaza la actuación sobre la solicitud identificada en esta carta.
answer-postpone-text = Razones
answer-execute-title = Aviso de que una solicitud se está cumpliendo
answer-execute-opening = Esta autoridad saluda atentamente a su autoridad y tiene el honor de informarle de que la solicitud identificada en esta carta se está cumpliendo.
answer-deliver-title = Entrega del resultado de una solicitud
answer-deliver-opening = Esta autoridad saluda atentamente a su autoridad y tiene el honor de informarle de que la solicitud identificada en esta carta se ha cumplido y de que se entrega el resultado.
answer-deliver-closing = Esta autoridad queda a su disposición para cualquier información adicional. Agradecería acuse de recibo. { $quote }
refusal-title = Denegación de una solicitud
refusal-date = Fecha de la decisión
refusal-opening = Esta autoridad saluda atentamente a su autoridad y ha examinado la solicitud identificada en esta carta. Lamenta comunicar que no puede atenderla.
refusal-text = Razones
refusal-closing = Esta autoridad queda a su disposición para tratar de esta decisión. { $quote }

# Lo que dice después la parte que solicita.
later-basis = Base jurídica de la solicitud
later-recital = La solicitud a la que se refiere esta carta
clarification-title = Aclaración de una solicitud
clarification-opening = Esta autoridad saluda atentamente a su autoridad y responde a lo que esta preguntó sobre la solicitud identificada en esta carta.
clarification-text = Aclaración
discussion-title = Respuesta a una consulta
discussion-opening = Esta autoridad saluda atentamente a su autoridad y responde a lo que esta planteó antes de decidir sobre la solicitud identificada en esta carta.
discussion-text = Respuesta
acceptance-title = Aceptación de las condiciones
acceptance-opening =
    Esta autoridad saluda atentamente a su autoridad y acepta las condiciones en que esta está dispuesta a cumplir la solicitud identificada en esta carta.

    Las condiciones obligan a esta autoridad desde ahora.
acceptance-text = Contenido de la aceptación
withdrawal-title = Retirada de una solicitud
withdrawal-opening =
    Esta autoridad saluda atentamente a su autoridad y retira la solicitud identificada en esta carta.

    Nada más se pide por razón de ella.
withdrawal-text = Razones
supplement-title = Complemento de una solicitud
supplement-opening =
    Esta autoridad saluda atentamente a su autoridad y añade a la solicitud identificada en esta carta lo que se indica a continuación.

    Todo lo demás que dice la solicitud queda como se envió.
supplement-text = Lo que se añade
correction-title = Corrección de una solicitud
correction-opening =
    Esta autoridad saluda atentamente a su autoridad y corrige lo que decía la solicitud identificada en esta carta.

    Lo que no se menciona a continuación queda como se envió.
correction-text = Lo que era erróneo y lo que es correcto
extension-title = Solicitud de prórroga
extension-sender = Autoridad que solicita la prórroga
extension-addressee = Autoridad destinataria
extension-opening = Esta autoridad saluda atentamente a su autoridad y solicita respetuosamente que se prorrogue el período o plazo descrito a continuación.
extension-urgency = Plazos en curso
extension-text = Prórroga solicitada y razones
follow-on-title = Aviso de que se emitió una solicitud posterior
follow-on-opening =
    Esta autoridad saluda atentamente a su autoridad y confirma que se ha emitido una solicitud que sigue a la identificada en esta carta.

    Los datos deben conservarse hasta que se decida esa solicitud.
follow-on-text = Solicitud posterior
use-report-title = Informe sobre el uso del material recibido
use-report-sender = Autoridad que informa
use-report-addressee = Autoridad a la que se informa
use-report-opening = Esta autoridad saluda atentamente a su autoridad y tiene el honor de informar sobre el uso hecho del material recibido en virtud de la solicitud identificada en esta carta.
use-report-urgency = Plazos
use-report-text = Uso hecho del material
use-report-limitation = Condiciones de uso
use-report-binding = El material se recibió sujeto a lo siguiente:
use-report-closing = Esta autoridad agradece a su autoridad su asistencia y queda a su disposición para cualquier información adicional. { $quote }

# A la persona a la que se refieren los datos.
person-title = Aviso a una persona cuyos datos se utilizaron
person-sender = Autoridad que da el aviso
person-addressee = Persona destinataria
person-opening =
    Esta autoridad le informa de que datos que le conciernen se trataron en una investigación penal, como se describe a continuación.

    Puede pedir a esta autoridad el acceso a los datos, su rectificación o su supresión, en la medida en que la ley lo permita; si deniega, indica cómo puede reclamar.
person-text = Lo que se hizo
person-closing = Las preguntas se dirigen al contacto que figura en esta carta. { $quote }

# A una persona que reclama, o que pregunta por sus datos.
redress-sender = Autoridad que responde
redress-addressee = Persona destinataria
redress-text = Motivos
redress-closing = Las preguntas se dirigen al contacto que figura en esta carta. { $quote }
complaint-acknowledgement-title = Acuse de recibo de su carta
complaint-acknowledgement-opening =
    Esta autoridad ha recibido su carta relativa a sus datos y la examina. El examen es gratuito.

    Puede en todo momento presentar una reclamación ante la autoridad de control e interponer un recurso judicial.
complaint-progress-title = Estado del examen de su carta
complaint-progress-opening =
    Esta autoridad le informa de que el examen de su carta continúa.

    Si no se le informa del estado o del resultado del examen en un plazo de tres meses, tiene derecho a un recurso judicial.
complaint-restriction-title = Limitación de lo que se le comunica
complaint-restriction-opening =
    Esta autoridad le informa de que, por un motivo previsto en la ley, no se le puede comunicar ahora todo lo que pidió. El motivo consta por escrito, se vuelve a examinar y está a disposición de la autoridad de control.

    Puede ejercer sus derechos a través de la autoridad de control, presentar una reclamación ante ella e interponer un recurso judicial.
complaint-checked-title = Respuesta a su carta
complaint-checked-opening =
    Esta autoridad le informa de que se llevaron a cabo todas las verificaciones necesarias y una revisión, y de que se examinó la licitud de todo tratamiento que pudiera existir. Esta carta ni confirma ni desmiente que se traten datos que le conciernan.

    Tiene derecho a presentar una reclamación ante la autoridad de control y a interponer un recurso judicial ante el tribunal competente.
complaint-decision-title = Decisión sobre su carta
complaint-decision-opening =
    Esta autoridad le informa de su decisión sobre su carta, y de los motivos.

    Tiene derecho a presentar una reclamación ante la autoridad de control y a interponer un recurso judicial ante el tribunal competente.
complaint-referral-title = Traslado de su carta
complaint-referral-opening =
    Esta autoridad le informa de que otra autoridad es competente para su carta, y de que se le dio traslado. Recibirá una sola respuesta, de esta autoridad.

    Tiene derecho a presentar una reclamación ante la autoridad de control y a interponer un recurso judicial.
complaint-referral-text = Autoridad que dirige el examen

# A los ministerios: el último peldaño de una controversia.
dispute-title = Traslado de una controversia
dispute-sender = Autoridad que da traslado de la controversia
dispute-addressee = Autoridad de la otra parte
dispute-particulars = Pormenores de la controversia
dispute-opening =
    Esta autoridad saluda atentamente y da traslado a los ministerios de la controversia que se describe a continuación, a la que no pusieron fin ni la consulta, ni los jefes de los puntos de contacto, ni las autoridades centrales, ni la mediación, ni el arbitraje.

    Lo dicho en su curso es sin perjuicio donde así consta. Ninguna medida tomada entretanto detiene la conservación de datos, lo que se debe a la vida y a la seguridad, ni la supresión de datos.
dispute-text = De qué trata, y qué fue de ella
dispute-closing = Esta autoridad agradecería que se acusara recibo. { $quote }
