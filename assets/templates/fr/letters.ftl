# Les lettres, chacune par son nom. Ce qu'une lettre ne dit pas, sa famille le dit, puis `base`.

base-title = Demande d'assistance
base-sender = Autorité requérante
base-addressee = Autorité requise
base-opening = La présente autorité présente ses compliments à votre autorité et sollicite respectueusement l'assistance décrite ci-dessous.
base-basis = Base juridique
base-urgency = Urgence et délais
base-particulars = Teneur de la demande
base-limitation = Limitation de l'utilisation et assurances
base-binding = Cette lettre est soumise aux conditions suivantes :
base-closing = La présente autorité vous saurait gré d'accuser réception. { $quote } Elle remercie votre autorité de son assistance et reste à sa disposition pour toute information complémentaire.
base-courtesy = Veuillez agréer l'assurance de la haute considération de la présente autorité.
base-signed = Signé pour : { $sender }
base-date = Date de la décision

request-title = Demande d'assistance

# À un fournisseur.
provider-sender = Autorité d'émission
provider-addressee = Destinataire
provider-particulars = Teneur de l'ordre
provider-closing = Le destinataire est prié d'accuser réception, de rappeler la référence ci-dessus dans toute réponse et d'indiquer sans retard ce qui fait obstacle à l'exécution.
provider-annex = Lorsque la base juridique prescrit un formulaire ou un certificat, il est joint ; cette lettre ne le remplace pas.

preservation-order-title = Ordre de conservation
preservation-order-opening =
    La présente autorité ordonne au destinataire, sur la base juridique indiquée ci-dessous, de conserver les données décrites ci-dessous, afin qu'elles ne soient ni perdues ni modifiées.

    Cet ordre ne vise que la conservation ; il n'ordonne pas la divulgation des données.
production-order-title = Ordre de production
production-order-opening = La présente autorité ordonne au destinataire, sur la base juridique indiquée ci-dessous, de lui produire les données décrites ci-dessous, à l'exclusion de toute autre.
search-order-title = Ordre de perquisition et de saisie de données
search-order-opening = La présente autorité ordonne, sur la base juridique indiquée ci-dessous, que les données décrites ci-dessous soient recherchées et saisies là où elles se trouvent, à l'exclusion de toute autre.
collection-order-title = Ordre de collecte en temps réel
collection-order-opening = La présente autorité ordonne au destinataire, sur la base juridique indiquée ci-dessous, de collecter les données décrites ci-dessous pendant la communication, pour la durée indiquée et pas au-delà.
preservation-letter-title = Demande de conservation
preservation-letter-sender = Autorité requérante
preservation-letter-particulars = Teneur de la demande
preservation-letter-opening =
    La présente autorité demande au destinataire, sur la base juridique indiquée ci-dessous, de conserver les éléments décrits ci-dessous, afin qu'ils ne soient ni perdus ni modifiés, dans l'attente de la procédure indiquée ci-dessous.

    Cette lettre ne demande que la conservation ; elle ne demande pas la divulgation des données.
preservation-letter-annex = {""}
registration-title = Demande de données d'enregistrement de noms de domaine
registration-sender = Autorité requérante
registration-particulars = Teneur de la demande
registration-opening = La présente autorité demande au destinataire, sur la base juridique indiquée ci-dessous, de lui communiquer les données d'enregistrement de noms de domaine décrites ci-dessous.
registration-annex = {""}
voluntary-title = Demande de communication volontaire
voluntary-sender = Autorité requérante
voluntary-particulars = Teneur de la demande
voluntary-opening =
    La présente autorité demande au destinataire, sur la base juridique indiquée ci-dessous, de lui communiquer de son plein gré les données décrites ci-dessous, à l'exclusion de toute autre, pour autant que le droit qui lie le destinataire le permette.

    Cette lettre n'est pas un ordre. L'acte de procédure suit lorsqu'il est dû.
voluntary-annex = {""}
access-record-title = Procès-verbal de consentement à l'accès
access-record-sender = Autorité qui établit le procès-verbal
access-record-addressee = Autorité qui conserve le procès-verbal
access-record-particulars = Teneur de l'accès
access-record-opening =
    La présente autorité constate, sur la base juridique indiquée ci-dessous, qu'une personne légalement autorisée à divulguer les données décrites ci-dessous a consenti légalement et volontairement à ce qu'elle y accède.

    Le procès-verbal est lu et signé par la personne qui consent, dans une langue qu'elle comprend.
access-record-closing = Une copie est remise à la personne qui consent.
access-record-annex = Signature de la personne qui consent : ____________________

# De bureau à bureau, et aux autorités.
preservation-title = Demande de conservation
preservation-opening =
    La présente autorité présente ses compliments à votre autorité et sollicite respectueusement, sur la base juridique indiquée ci-dessous, la conservation rapide des données décrites ci-dessous, afin qu'elles ne soient ni perdues ni modifiées.

    Cette lettre ne demande que la conservation ; elle ne demande pas la divulgation des données.
production-title = Demande de divulgation
production-opening = La présente autorité présente ses compliments à votre autorité et sollicite respectueusement, sur la base juridique indiquée ci-dessous, la divulgation rapide des données décrites ci-dessous.
mla-title = Demande d'entraide judiciaire
mla-opening = La présente autorité présente ses compliments à votre autorité et sollicite respectueusement, sur la base juridique indiquée ci-dessous, l'entraide judiciaire décrite ci-dessous.
collection-title = Demande de collecte de données en temps réel
collection-opening =
    La présente autorité présente ses compliments à votre autorité et sollicite respectueusement, sur la base juridique indiquée ci-dessous, que les données décrites ci-dessous soient collectées pendant la communication, dans les conditions du droit de la partie requise et dans la mesure où ce droit le permet.

    L'ordre sur lequel la présente autorité se fonde est indiqué ci-dessous ; il ne remplace pas la décision qu'exige le droit de la partie requise.
contact-point-title = Demande au point de contact 24/7
contact-point-sender = Point de contact requérant
contact-point-addressee = Point de contact requis
contact-point-opening = La présente autorité présente ses compliments à votre autorité et sollicite respectueusement, sur la base juridique indiquée ci-dessous, l'assistance de votre point de contact décrite ci-dessous.
emergency-title = Demande urgente
emergency-opening =
    La présente autorité présente ses compliments à votre autorité et sollicite respectueusement, en raison de l'urgence et sur la base juridique indiquée ci-dessous, l'assistance décrite ci-dessous.

    La présente autorité demande que cette lettre soit traitée immédiatement et que tout obstacle lui soit signalé sans retard.
information-title = Information spontanée
information-sender = Autorité qui communique l'information
information-addressee = Autorité destinataire
information-particulars = Teneur de l'information
information-opening =
    La présente autorité présente ses compliments à votre autorité et a l'honneur de lui communiquer, sur la base juridique indiquée ci-dessous et sans demande préalable, l'information décrite ci-dessous, qui peut aider votre autorité.

    L'information elle-même suit dès que votre autorité a accepté les conditions de confidentialité et d'utilisation indiquées ci-dessous ; qui les accepte est lié par elles. Si votre autorité ne peut s'y conformer, elle est priée de le dire, et aucune information n'est donnée.
information-closing = La présente autorité vous saurait gré d'indiquer si les conditions sont acceptées. { $quote } Elle reste à votre disposition pour toute information complémentaire.
information-given-title = Information spontanée : communication
information-given-sender = Autorité qui communique l'information
information-given-addressee = Autorité destinataire
information-given-opening = La présente autorité présente ses compliments à votre autorité et, celle-ci ayant accepté les conditions, communique l'information annoncée. Les conditions acceptées en lient l'utilisation.
information-given-text = Information
use-limit-title = Conditions de confidentialité et d'utilisation
use-limit-sender = Autorité qui fournit les éléments
use-limit-addressee = Autorité destinataire
use-limit-particulars = Conditions
use-limit-opening =
    La présente autorité présente ses compliments à votre autorité et subordonne, sur la base juridique indiquée ci-dessous, la fourniture de ce qui est décrit ci-dessous aux conditions indiquées ci-dessous.

    Si votre autorité accepte les éléments sous ces conditions, elle est liée par elles. Si elle ne peut s'y conformer, elle est priée de le dire promptement ; la présente autorité décide alors si les éléments sont néanmoins fournis.
team-title = Proposition d'enquête commune
team-sender = Autorité qui propose
team-addressee = Autorité destinataire
team-particulars = Termes proposés
team-opening =
    La présente autorité présente ses compliments à votre autorité et propose, sur la base juridique indiquée ci-dessous, qu'une enquête commune soit convenue selon les termes ci-dessous.

    Cette lettre est une proposition ; ce qui lie est l'accord que signent les parties.
charter-title = Charte d'une équipe conjointe
charter-sender = Bureau qui établit cette copie
charter-particulars = Ce dont les bureaux conviennent
charter-opening =
    Les bureaux nommés ci-dessus forment une équipe conjointe aux conditions énoncées ci-dessous.

    Ce qui lie est la charte que chaque bureau a signée dans son propre journal ; ceci en est le texte sur papier.
charter-closing = { $quote }
spoc-title = Demande d'informations entre points de contact uniques
spoc-sender = Point de contact unique requérant
spoc-addressee = Point de contact unique requis
spoc-opening = La présente autorité présente ses compliments à votre autorité et sollicite respectueusement, sur la base juridique indiquée ci-dessous, les informations décrites ci-dessous.
warrant-cover-title = Transmission d'un ordre ou d'un mandat
warrant-cover-particulars = Teneur de l'ordre ou du mandat
warrant-cover-opening =
    La présente autorité présente ses compliments à votre autorité et a l'honneur de lui transmettre l'ordre ou le mandat joint, en la priant d'y donner effet sur la base juridique indiquée ci-dessous.

    Cette lettre accompagne l'ordre ou le mandat ; elle ne le remplace ni ne le modifie.
warrant-cover-annex = Pièce jointe : l'ordre ou le mandat.
notification-title = Notification d'un ordre
notification-sender = Autorité d'émission
notification-addressee = Autorité notifiée
notification-particulars = Teneur de l'ordre et ce sur quoi il repose
notification-opening = La présente autorité présente ses compliments à votre autorité et lui notifie, sur la base juridique indiquée ci-dessous, l'ordre décrit ci-dessous. Ce sur quoi l'ordre repose est indiqué à votre seule autorité ; le fournisseur ne le reçoit pas.
intercept-notice-title = Notification d'une interception
intercept-notice-sender = Autorité qui intercepte
intercept-notice-addressee = Autorité notifiée
intercept-notice-particulars = Teneur de l'interception
intercept-notice-opening =
    La présente autorité présente ses compliments à votre autorité et lui notifie, sur la base juridique indiquée ci-dessous, l'interception décrite ci-dessous, pour laquelle elle n'a besoin d'aucune assistance technique.

    Votre autorité est priée d'indiquer dans les 96 heures si l'interception ne serait pas autorisée dans un cas national similaire.
breach-title = Notification d'une violation
breach-sender = Autorité qui notifie
breach-addressee = Autorité notifiée
breach-particulars = Teneur de la violation
breach-opening = La présente autorité présente ses compliments à votre autorité et lui notifie, sur la base juridique indiquée ci-dessous et sans retard injustifié, que des données reçues de votre autorité ou qui lui étaient destinées ont été touchées par la violation décrite ci-dessous.
consultation-title = Consultation
consultation-sender = Autorité qui consulte
consultation-addressee = Autorité consultée
consultation-particulars = Ce qui est demandé
consultation-opening = La présente autorité présente ses compliments à votre autorité et lui saurait gré de son avis sur la question décrite ci-dessous. Cette lettre n'est pas une demande d'assistance.
wider-use-title = Utilisation d'éléments au-delà de leur finalité
wider-use-sender = Autorité qui a reçu les éléments
wider-use-addressee = Autorité qui a fourni les éléments
wider-use-particulars = Les éléments et leur utilisation
wider-use-opening =
    La présente autorité présente ses compliments à votre autorité et lui écrit, sur la base juridique indiquée ci-dessous, au sujet d'une utilisation d'éléments que votre autorité a fournis à une autre fin.

    Lorsqu'un consentement est demandé, rien n'est présumé en l'absence de réponse. Lorsque la divulgation est due selon la loi, cette lettre en est l'avis, et votre autorité peut demander à être consultée.

# Consentement à la transmission.
consent-title = Demande de consentement à la transmission
consent-sender = Autorité qui demande le consentement
consent-addressee = Autorité d'origine
consent-opening =
    La présente autorité présente ses compliments à votre autorité et sollicite respectueusement votre consentement à la transmission, décrite ci-dessous, d'éléments qui proviennent de votre autorité.

    Le consentement n'est pas présumé en l'absence de réponse.
consent-recital = Teneur
consent-text = Transmission pour laquelle le consentement est demandé
consent-limitation = Conditions de la transmission
consent-binding = La transmission serait soumise aux conditions suivantes :
consent-closing = La présente autorité vous saurait gré d'une réponse écrite ; le formulaire ci-dessous peut être utilisé. { $quote } Elle remercie votre autorité de son assistance et reste à sa disposition pour toute information complémentaire.
consent-answer = Réponse de l'autorité d'origine
consent-yes = Elle consent à la transmission décrite ci-dessus.
consent-under = Elle consent, aux conditions jointes.
consent-no = Elle ne consent pas.

# Réponses.
answer-title = Réponse à une demande
answer-sender = Autorité requise
answer-addressee = Autorité requérante
answer-basis = Base juridique de la demande
answer-urgency = Délais de la demande
answer-recital = La demande à laquelle cette lettre se rapporte
answer-date = Date de la réponse
answer-text = Teneur de la réponse
answer-limitation = Conditions
answer-binding = Cette réponse est soumise aux conditions suivantes :
answer-opening = La présente autorité présente ses compliments à votre autorité et répond à la demande désignée dans cette lettre.
answer-closing = La présente autorité reste à votre disposition pour toute information complémentaire. { $quote }
answer-acknowledge-title = Accusé de réception
answer-acknowledge-opening =
    La présente autorité présente ses compliments à votre autorité et accuse réception de la demande désignée dans cette lettre.

    Cet accusé de réception n'est pas une décision sur la demande.
answer-clarify-title = Demande de précisions
answer-clarify-opening = La présente autorité présente ses compliments à votre autorité et sollicite respectueusement des précisions sur la demande désignée dans cette lettre.
answer-clarify-text = Ce qui est à préciser
answer-clarify-closing = La présente autorité reste à votre disposition pour toute information complémentaire. Elle vous saurait gré de votre réponse. { $quote }
answer-offer-title = Réponse conditionnelle à une demande
answer-offer-opening = La présente autorité présente ses compliments à votre autorité et a l'honneur de l'informer qu'elle est disposée à exécuter, sous conditions, la demande désignée dans cette lettre.
answer-offer-text = Conditions proposées
answer-offer-closing = La présente autorité reste à votre disposition pour toute information complémentaire. Elle vous saurait gré d'indiquer si les conditions sont acceptées. { $quote }
answer-consult-title = Consultation avant décision
answer-consult-opening =
    La présente autorité présente ses compliments à votre autorité et la consulte avant de décider de la demande désignée dans cette lettre.

    Rien n'est encore décidé. Votre autorité est priée de se prononcer sur ce qui est soulevé ci-dessous et d'indiquer si la demande pourrait être accueillie en partie ou sous conditions.
answer-consult-text = Ce qui fait obstacle, et ce qui aiderait
answer-consult-closing = La présente autorité vous saurait gré de votre réponse. { $quote }
answer-consent-title = Consentement à la transmission
answer-consent-opening =
    La présente autorité présente ses compliments à votre autorité et consent à la transmission que vise la demande désignée dans cette lettre.

    Le consentement couvre l'élément et le destinataire nommés dans cette lettre, et nul autre.
answer-accept-title = Acceptation d'une demande
answer-accept-opening = La présente autorité présente ses compliments à votre autorité et a l'honneur de l'informer que la demande désignée dans cette lettre est acceptée.
answer-accept-partly-title = Acceptation partielle d'une demande
answer-accept-partly-opening = La présente autorité présente ses compliments à votre autorité et a l'honneur de l'informer que la demande désignée dans cette lettre est acceptée en partie.
answer-accept-partly-text = Ce qui est accepté, et ce qui ne l'est pas
answer-postpone-title = Report d'une demande
answer-postpone-opening = La présente autorité présente ses compliments à votre autorité et a l'honneur de l'informer que la suite à donner à la demande désignée dans cette lettre est reportée.
answer-postpone-text = Raisons
answer-execute-title = Avis d'exécution en cours
answer-execute-opening = La présente autorité présente ses compliments à votre autorité et a l'honneur de l'informer que la demande désignée dans cette lettre est en cours d'exécution.
answer-deliver-title = Remise du résultat d'une demande
answer-deliver-opening = La présente autorité présente ses compliments à votre autorité et a l'honneur de l'informer que la demande désignée dans cette lettre a été exécutée et que le résultat est remis.
answer-deliver-closing = La présente autorité reste à votre disposition pour toute information complémentaire. Elle vous saurait gré d'accuser réception. { $quote }
refusal-title = Refus d'une demande
refusal-date = Date de la décision
refusal-opening = La présente autorité présente ses compliments à votre autorité et a examiné la demande désignée dans cette lettre. Elle regrette de ne pouvoir y donner suite.
refusal-text = Raisons
refusal-closing = La présente autorité reste à votre disposition pour se concerter sur cette décision. { $quote }

# Ce que dit ensuite la partie requérante.
later-basis = Base juridique de la demande
later-recital = La demande à laquelle cette lettre se rapporte
clarification-title = Précisions sur une demande
clarification-opening = La présente autorité présente ses compliments à votre autorité et répond à ce que celle-ci a demandé au sujet de la demande désignée dans cette lettre.
clarification-text = Précisions
discussion-title = Réponse à une consultation
discussion-opening = La présente autorité présente ses compliments à votre autorité et répond à ce que celle-ci a soulevé avant de décider de la demande désignée dans cette lettre.
discussion-text = Réponse
acceptance-title = Acceptation des conditions
acceptance-opening =
    La présente autorité présente ses compliments à votre autorité et accepte les conditions auxquelles celle-ci est disposée à exécuter la demande désignée dans cette lettre.

    Les conditions lient désormais la présente autorité.
acceptance-text = Teneur de l'acceptation
withdrawal-title = Retrait d'une demande
withdrawal-opening =
    La présente autorité présente ses compliments à votre autorité et retire la demande désignée dans cette lettre.

    Plus rien n'est demandé à ce titre.
withdrawal-text = Raisons
supplement-title = Complément à une demande
supplement-opening =
    La présente autorité présente ses compliments à votre autorité et complète la demande désignée dans cette lettre par ce qui suit.

    Tout le reste de la demande demeure tel qu'il a été envoyé.
supplement-text = Ce qui est ajouté
correction-title = Rectification d'une demande
correction-opening =
    La présente autorité présente ses compliments à votre autorité et rectifie ce que disait la demande désignée dans cette lettre.

    Ce qui n'est pas mentionné ci-dessous demeure tel qu'il a été envoyé.
correction-text = Ce qui était inexact, et ce qui est exact
extension-title = Demande de prolongation
extension-sender = Autorité qui demande la prolongation
extension-addressee = Autorité destinataire
extension-opening = La présente autorité présente ses compliments à votre autorité et sollicite respectueusement la prolongation de la période ou du délai décrit ci-dessous.
extension-urgency = Délais en cours
extension-text = Prolongation demandée et raisons
follow-on-title = Avis d'émission d'une demande subséquente
follow-on-opening =
    La présente autorité présente ses compliments à votre autorité et confirme qu'une demande faisant suite à celle désignée dans cette lettre a été émise.

    Les données doivent être conservées jusqu'à la décision sur cette demande.
follow-on-text = Demande subséquente
use-report-title = Rapport sur l'utilisation des éléments reçus
use-report-sender = Autorité qui rend compte
use-report-addressee = Autorité à laquelle il est rendu compte
use-report-opening = La présente autorité présente ses compliments à votre autorité et a l'honneur de rendre compte de l'utilisation faite des éléments reçus au titre de la demande désignée dans cette lettre.
use-report-urgency = Délais
use-report-text = Utilisation faite des éléments
use-report-limitation = Conditions d'utilisation
use-report-binding = Les éléments ont été reçus aux conditions suivantes :
use-report-closing = La présente autorité remercie votre autorité de son assistance et reste à sa disposition pour toute information complémentaire. { $quote }

# À la personne dont ce sont les données.
person-title = Avis à une personne dont les données ont été utilisées
person-sender = Autorité qui donne l'avis
person-addressee = Personne destinataire
person-opening =
    La présente autorité vous informe que des données vous concernant ont été traitées dans une enquête pénale, comme décrit ci-dessous.

    Vous pouvez demander à la présente autorité l'accès aux données, leur rectification ou leur effacement, dans la mesure où la loi le permet ; si elle refuse, elle indique comment vous pouvez réclamer.
person-text = Ce qui a été fait
person-closing = Les questions sont à adresser au contact indiqué dans cette lettre. { $quote }

# À une personne qui réclame, ou qui demande ce qu'il en est de ses données.
redress-sender = Autorité qui répond
redress-addressee = Personne destinataire
redress-text = Motifs
redress-closing = Les questions sont à adresser au contact indiqué dans cette lettre. { $quote }
complaint-acknowledgement-title = Accusé de réception de votre lettre
complaint-acknowledgement-opening =
    La présente autorité a reçu votre lettre relative à vos données et l'examine. L'examen est gratuit.

    Vous pouvez à tout moment introduire une réclamation auprès de l'autorité de contrôle et former un recours juridictionnel.
complaint-progress-title = État de l'examen de votre lettre
complaint-progress-opening =
    La présente autorité vous informe que l'examen de votre lettre se poursuit.

    Si vous n'êtes pas informé de l'état ou de l'issue de l'examen dans les trois mois, vous avez droit à un recours juridictionnel.
complaint-restriction-title = Limitation des informations données
complaint-restriction-opening =
    La présente autorité vous informe que, pour un motif prévu par la loi, tout ce que vous avez demandé ne peut vous être communiqué à présent. Le motif est consigné, il est réexaminé, et il est à la disposition de l'autorité de contrôle.

    Vous pouvez exercer vos droits par l'intermédiaire de l'autorité de contrôle, introduire une réclamation auprès d'elle et former un recours juridictionnel.
complaint-checked-title = Réponse à votre lettre
complaint-checked-opening =
    La présente autorité vous informe que toutes les vérifications nécessaires et un examen ont eu lieu, et que la licéité de tout traitement éventuel a été examinée. Cette lettre ne confirme ni n'infirme que des données vous concernant sont traitées.

    Vous avez le droit d'introduire une réclamation auprès de l'autorité de contrôle et de former un recours juridictionnel devant le tribunal compétent.
complaint-decision-title = Décision relative à votre lettre
complaint-decision-opening =
    La présente autorité vous informe de sa décision relative à votre lettre, et de ses motifs.

    Vous avez le droit d'introduire une réclamation auprès de l'autorité de contrôle et de former un recours juridictionnel devant le tribunal compétent.
complaint-referral-title = Transmission de votre lettre
complaint-referral-opening =
    La présente autorité vous informe qu'une autre autorité est compétente pour votre lettre, et que celle-ci lui a été transmise. Vous recevrez une seule réponse, de la présente autorité.

    Vous avez le droit d'introduire une réclamation auprès de l'autorité de contrôle et de former un recours juridictionnel.
complaint-referral-text = Autorité qui dirige l'examen

# Aux ministères : le dernier échelon d'un différend.
dispute-title = Transmission d'un différend
dispute-sender = Autorité qui transmet le différend
dispute-addressee = Autorité de l'autre partie
dispute-particulars = Détails du différend
dispute-opening =
    La présente autorité présente ses compliments et transmet aux ministères le différend décrit ci-dessous, auquel ni la consultation, ni les chefs des points de contact, ni les autorités centrales, ni la médiation, ni l'arbitrage n'ont mis fin.

    Ce qui a été dit est sans préjudice là où cela est indiqué. Aucune mesure prise entre-temps n'arrête la conservation des données, ce qui est dû à la vie et à la sécurité, ni l'effacement des données.
dispute-text = Son objet, et ce qu'il en est advenu
dispute-closing = La présente autorité vous saurait gré d'en accuser réception. { $quote }
