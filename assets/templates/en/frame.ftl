# What stands on every letter: headings, columns, phrases. Keys are the same in every language.

language-name = English
date = Date
reference = Reference
date-and-reference = Date and reference
matter = Matter
addressee = Addressee
sent-to-desk = Sent to the desk
instrument = Instrument
provision = Provision
provisions-followed = Provisions followed
status = Status
period = Period
due-or-ends = Due, or ends
legal-limit = Legal limit
rule = Rule
due = Due
ends = Ends
counted = Counted
from-sending = calculated here from sending
as-order-states = as the order or authorisation states
no-fixed-limit = no fixed limit
at-least-until = at least until { $time }
clock-reply = Reply
clock-preservation = Preservation
clock-authority = Order or authorisation
confidentiality = Confidentiality
marking = Marking
marking-sentence = Please handle this letter as its marking requires.
practice = practice
practice-note = (practice): no provision asks for it; it is stated because the letter cannot be answered without it.
cf-note = cf.: modelled on the contents of another treaty.
further-information = Further information
charter-name = Task force
charter-lead = Led by
charter-desks = Desks
charter-from = From
charter-until = Until
charter-purposes = Purposes
charter-version = Version
charter-data = Data
charter-tier = Up to tier
charter-tier-default = the default of each partner's kind
charter-kept = Kept at most
charter-days = { $amount ->
    [one] { $amount } day
   *[other] { $amount } days
}
charter-target = Target
target-acknowledged = a request is acknowledged within { $amount ->
    [one] { $amount } day
   *[other] { $amount } days
}
target-decided = a request is decided within { $amount ->
    [one] { $amount } day
   *[other] { $amount } days
}
target-delivered = what is asked for is delivered within { $amount ->
    [one] { $amount } day
   *[other] { $amount } days
}
preservation-result = Result of the preservation
preserved-since = Preserved since
preserved-until = Preserved until
preserved-reference = Reference of whoever preserves it
target-preserved = what is to be preserved is confirmed within { $amount ->
    [one] { $amount } day
   *[other] { $amount } days
}
category-indicator = technical indicators
category-registration = registration data of domains
category-identification = data that identify the user
category-subscriber = subscriber information
category-traffic = traffic data
category-location = location data
category-content = content data
category-special = special categories of personal data
charter-signed = Signed
charter-unsigned = Not signed yet
grounds = Grounds
contact-and-language = Contact and language
central-authority = Central authority
contact-point = 24/7 contact point
central-authority-of = Central authority of { $code }
contact-of = 24/7 contact of { $code }
language = Language
language-line = This letter is in { $name }. { $code } accepts: { $list }.
language-urgent = urgent requests
contact-phone = Telephone
contact-mail = E-mail
contact-hours = Hours
contact-zone = Time zone
contact-officer = Duty officer
contact-verify = To verify
contact-as-of = Directory of { $day }
contact-none = not on record
signature = Signature
name = Name
office = Office
place-and-date = Place and date
validated-by = Validated by
not-to-be-signed = This is a draft. It is not to be signed.
sent-for = Sent for { $desk } by { $signer }, { $role }, under the signed act named below.
id-request = Request
id-act = Act
id-case = Case
written-with = Written with { $tool }.
tool = comity { $version }; the law that decided: { $law ->
    [0] the program's own rows
    [1] the program's rows and 1 change signed here
   *[other] the program's rows and { $law } changes signed here
}
digest-line = The digest of this letter stands in the desk's log.
quote = Please quote the reference stated above in any reply.
local-time = { $utc }; at the addressee's place { $local }
translation = Translation
translator = Translated by { $name }, who declares that the translation is true and complete.
into-the-system = For transfer into the system for communication that the instrument prescribes; this sheet is not the transmission.
not-stated = not stated
not-applicable = not applicable

# What stands over a letter.
banner-exercise = EXERCISE EXERCISE EXERCISE
banner-not-in-force = NOT IN FORCE BETWEEN { $one } AND { $other }
banner-draft = DRAFT, NOT SENT

# Whether an instrument is in force.
status-home = the law of the issuing side
status-straight = no treaty binds the addressee: what is given is given of its own will
status-model = a model: what binds is the agreement that is signed
status-originator = observed between { $one } and { $other }; it is no treaty
status-in-force = in force between { $one } and { $other }
status-was-in-force = in force between { $one } and { $other } when it was sent, and no longer
status-not-in-force = NOT IN FORCE between { $one } and { $other }
status-signed = NOT IN FORCE between { $one } and { $other }: signed, not in force
status-applies-from = NOT IN FORCE between { $one } and { $other }: applies from { $day }

# Clocks.
variant-order = its own term
variant-emergency = emergency
variant-urgent-direct = urgent, directly accessible
variant-urgent-indirect = urgent, accessible through another body
variant-provisional = provisional measures
variant-execution = carrying out
variant-subscriber = subscriber information
variant-traffic = traffic data
variant-validation = validation
variant-extended = extended
variant-enforcing = enforcing authority
variant-enforcing-emergency = enforcing authority, emergency
variant-clarification = clarification
variant-acknowledge = acknowledgement
counted-hours = { $amount ->
    [one] { $amount } hour
   *[other] { $amount } hours
} from { $from }
counted-days = { $amount ->
    [one] { $amount } day
   *[other] { $amount } days
} from { $from }
counted-at-least = at least { $amount } days from { $from }, and until the request that follows on is decided
from-received = receipt
from-sent = sending
from-decided = the decision
from-served = service on the provider
from-issued = issue

# Conditions.
condition-confidentiality = This letter, and what is in it, is to be kept confidential.
condition-use-limit = What is in this letter may be used for the purpose that it states, and for no other.
condition-no-onward = This letter may not be passed on without the consent of the authority that wrote it.
condition-no-judicial-use = What is in this letter may not be used before a court.
condition-delete-by = What is in this letter is to be deleted by the date that the authority names.
condition-notify-before-use = The authority that wrote this letter is to be told before it is used.
condition-seal = This letter is to be kept sealed.
condition-report-use = The use that is made of this letter is to be reported to the authority that wrote it.
condition-assurance = This letter rests on the assurance that was given.

# What it is about.
matter-earlier = Earlier request
matter-earlier-plain = { $reference }
matter-earlier-of = { $reference }: { $name }, { $article }
matter-earlier-sent = { $reference }: { $name }, { $article }, sent { $sent }
matter-item = Item
matter-item-of = { $item }
matter-item-marked = { $item }, marked { $marking }
matter-recipient = Would be passed on to
matter-recipient-known = { $name }
matter-recipient-unknown = a desk that is not known here: { $id }

# Who signs.
role-investigator = investigator
role-desk-officer = desk officer
role-legal-reviewer = legal reviewer
role-release-officer = release officer
role-oversight-auditor = oversight auditor
role-finance-officer = finance officer
role-exercise-controller = exercise controller
role-administrator = administrator

# What a person can do against it.
remedies = Remedies
remedies-line = Against what was done with data about them a person can complain to the data protection authority, and seek a remedy before a court: { $remedies }

# Names of languages.
lang-en = English
lang-fr = French
lang-es = Spanish

# Complaints.
complaint-heard-by = You hear how it stands by
complaint-decided-by = It is decided by
complaint-reviewed-on = The restriction is looked at again on
complaint-remedy = What is done
remedy-erase = the data are erased
remedy-correct = the data are corrected
remedy-restrict = the use of the data is restricted
remedy-notify-recipients = those who received the data are told
remedy-exclude-evidence = the data are no longer used as evidence
remedy-apology = this authority apologises
remedy-compensation = compensation is paid
remedy-discipline = a disciplinary measure is taken
remedy-access = what is held is told to you
remedy-policy-change = the way of working is changed
