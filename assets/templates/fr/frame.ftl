# Ce qui figure sur chaque lettre : titres, colonnes, formules.

language-name = français
date = Date
reference = Référence
date-and-reference = Date et référence
matter = Objet
addressee = Destinataire
sent-to-desk = Transmis au bureau
instrument = Instrument
provision = Disposition
provisions-followed = Dispositions suivies
status = Statut
period = Délai
due-or-ends = Échéance ou terme
legal-limit = Limite légale
rule = Règle
due = Échéance
ends = Terme
counted = Calcul
from-sending = calculé ici à compter de l'envoi
as-order-states = selon l'ordre ou l'autorisation
no-fixed-limit = aucune limite fixée
at-least-until = au moins jusqu'au { $time }
clock-reply = Réponse
clock-preservation = Conservation
clock-authority = Ordre ou autorisation
confidentiality = Confidentialité
marking = Marquage
marking-sentence = Veuillez traiter cette lettre comme son marquage l'exige.
practice = pratique
practice-note = (pratique) : aucune disposition ne l'exige ; la mention figure parce qu'il ne peut être répondu à la lettre sans elle.
cf-note = cf. : sur le modèle du contenu prévu par un autre traité.
further-information = Autres informations
charter-name = Équipe
charter-lead = Dirigée par
charter-desks = Bureaux
charter-from = Du
charter-until = Jusqu'au
charter-purposes = Finalités
charter-version = Version
charter-data = Données
charter-tier = Jusqu'au niveau
charter-tier-default = celui que prévoit la nature de chaque partenaire
charter-kept = Conservation maximale
charter-days = { $amount ->
    [one] { $amount } jour
   *[other] { $amount } jours
}
charter-target = Objectif
target-acknowledged = il est accusé réception d'une demande dans un délai de { $amount ->
    [one] { $amount } jour
   *[other] { $amount } jours
}
target-decided = il est statué sur une demande dans un délai de { $amount ->
    [one] { $amount } jour
   *[other] { $amount } jours
}
target-delivered = ce qui est demandé est transmis dans un délai de { $amount ->
    [one] { $amount } jour
   *[other] { $amount } jours
}
preservation-result = Résultat de la conservation
preserved-since = Données conservées depuis le
preserved-until = Données conservées jusqu'au
preserved-reference = Référence de celui qui les conserve
target-preserved = la conservation demandée est confirmée dans un délai de { $amount ->
    [one] { $amount } jour
   *[other] { $amount } jours
}
category-indicator = indicateurs techniques
category-registration = données d'enregistrement de domaines
category-identification = données identifiant l'utilisateur
category-subscriber = données relatives aux abonnés
category-traffic = données relatives au trafic
category-location = données de localisation
category-content = données relatives au contenu
category-special = catégories particulières de données à caractère personnel
charter-signed = A signé
charter-unsigned = N'a pas encore signé
grounds = Motifs
contact-and-language = Contact et langue
central-authority = Autorité centrale
contact-point = Point de contact 24/7
central-authority-of = Autorité centrale de { $code }
contact-of = Point de contact 24/7 de { $code }
language = Langue
language-line = Cette lettre est rédigée en { $name }. { $code } accepte : { $list }.
language-urgent = demandes urgentes
contact-phone = Téléphone
contact-mail = Courriel
contact-hours = Heures
contact-zone = Fuseau horaire
contact-officer = Agent de permanence
contact-verify = Vérification
contact-as-of = Annuaire du { $day }
contact-none = non renseigné
signature = Signature
name = Nom
office = Fonction
place-and-date = Lieu et date
validated-by = Validé par
not-to-be-signed = Ceci est un projet. Il n'est pas à signer.
sent-for = Envoyé pour { $desk } par { $signer }, { $role }, en vertu de l'acte signé désigné ci-dessous.
id-request = Demande
id-act = Acte
id-case = Affaire
written-with = Établi avec { $tool }.
tool = comity { $version } ; droit appliqué : { $law ->
    [0] les règles propres du programme
    [1] les règles du programme et 1 modification signée ici
   *[other] les règles du programme et { $law } modifications signées ici
}
digest-line = L'empreinte de cette lettre figure au journal du bureau.
quote = Veuillez rappeler la référence ci-dessus dans toute réponse.
local-time = { $utc } ; au lieu du destinataire { $local }
translation = Traduction
translator = Traduit par { $name }, qui déclare que la traduction est fidèle et complète.
into-the-system = À transférer dans le système de communication prescrit par l'instrument ; la présente feuille n'est pas la transmission.
not-stated = non indiqué
not-applicable = sans objet

# En tête de lettre.
banner-exercise = EXERCISE EXERCISE EXERCISE
banner-not-in-force = PAS EN VIGUEUR ENTRE { $one } ET { $other }
banner-draft = PROJET, NON ENVOYÉ

# L'instrument est-il en vigueur ?
status-home = le droit de la partie qui émet l'ordre
status-straight = aucun traité ne lie le destinataire : ce qui est communiqué l'est de son plein gré
status-model = un modèle : ce qui lie est l'accord signé
status-originator = observé entre { $one } et { $other } ; ce n'est pas un traité
status-in-force = en vigueur entre { $one } et { $other }
status-was-in-force = en vigueur entre { $one } et { $other } au moment de l'envoi, et ne l'est plus
status-not-in-force = PAS EN VIGUEUR entre { $one } et { $other }
status-signed = PAS EN VIGUEUR entre { $one } et { $other } : signé, non en vigueur
status-applies-from = PAS EN VIGUEUR entre { $one } et { $other } : applicable à partir du { $day }

# Délais.
variant-order = son propre terme
variant-emergency = urgence
variant-urgent-direct = urgent, directement accessible
variant-urgent-indirect = urgent, accessible par un autre organisme
variant-provisional = mesures provisoires
variant-execution = exécution
variant-subscriber = données relatives aux abonnés
variant-traffic = données relatives au trafic
variant-validation = validation
variant-extended = prolongé
variant-enforcing = autorité chargée de la mise en œuvre
variant-enforcing-emergency = autorité chargée de la mise en œuvre, urgence
variant-clarification = précisions
variant-acknowledge = accusé de réception
counted-hours = { $amount ->
    [one] { $amount } heure
   *[other] { $amount } heures
} à compter de { $from }
counted-days = { $amount ->
    [one] { $amount } jour
   *[other] { $amount } jours
} à compter de { $from }
counted-at-least = au moins { $amount } jours à compter de { $from }, et jusqu'à la décision sur la demande qui fait suite
from-received = la réception
from-sent = l'envoi
from-decided = la décision
from-served = la signification au fournisseur
from-issued = l'émission

# Conditions.
condition-confidentiality = Cette lettre et son contenu doivent rester confidentiels.
condition-use-limit = Le contenu de cette lettre ne peut être utilisé qu'aux fins qu'elle indique.
condition-no-onward = Cette lettre ne peut être transmise sans le consentement de l'autorité qui l'a écrite.
condition-no-judicial-use = Le contenu de cette lettre ne peut être utilisé devant un tribunal.
condition-delete-by = Le contenu de cette lettre doit être effacé à la date que l'autorité indique.
condition-notify-before-use = L'autorité qui a écrit cette lettre doit être informée avant toute utilisation.
condition-seal = Cette lettre doit être conservée sous scellés.
condition-report-use = L'utilisation faite de cette lettre doit être rapportée à l'autorité qui l'a écrite.
condition-assurance = Cette lettre repose sur l'assurance qui a été donnée.

# Objet.
matter-earlier = Demande antérieure
matter-earlier-plain = { $reference }
matter-earlier-of = { $reference } : { $name }, { $article }
matter-earlier-sent = { $reference } : { $name }, { $article }, envoyée le { $sent }
matter-item = Élément
matter-item-of = { $item }
matter-item-marked = { $item }, marqué { $marking }
matter-recipient = Serait transmis à
matter-recipient-known = { $name }
matter-recipient-unknown = un bureau inconnu ici : { $id }

# Qui signe.
role-investigator = enquêteur ou enquêtrice
role-desk-officer = agent du bureau
role-legal-reviewer = contrôle juridique
role-release-officer = responsable de la communication
role-oversight-auditor = contrôle de supervision
role-finance-officer = responsable financier
role-exercise-controller = direction d'exercice
role-administrator = administration

# Ce que la personne peut faire.
remedies = Voies de recours
remedies-line = Contre ce qui a été fait de données la concernant, toute personne peut saisir l'autorité de protection des données et former un recours devant un tribunal : { $remedies }

# Noms des langues.
lang-en = anglais
lang-fr = français
lang-es = espagnol

# Réclamations.
complaint-heard-by = Vous serez informé de l'état de l'examen au plus tard le
complaint-decided-by = La décision est prise au plus tard le
complaint-reviewed-on = La limitation est réexaminée le
complaint-remedy = Ce qui est fait
remedy-erase = les données sont effacées
remedy-correct = les données sont rectifiées
remedy-restrict = l'utilisation des données est limitée
remedy-notify-recipients = ceux qui ont reçu les données en sont informés
remedy-exclude-evidence = les données ne servent plus de preuve
remedy-apology = la présente autorité présente ses excuses
remedy-compensation = une indemnité est versée
remedy-discipline = une mesure disciplinaire est prise
remedy-access = ce qui est détenu vous est communiqué
remedy-policy-change = les méthodes de travail sont modifiées
