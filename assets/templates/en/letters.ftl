# The letters: each by its name. What a letter does not say for itself, its family says, and then `base`.

base-title = Request for assistance
base-sender = Requesting authority
base-addressee = Requested authority
base-opening = This authority presents its compliments to your authority and respectfully requests the assistance described below.
base-basis = Legal basis
base-urgency = Urgency and time limits
base-particulars = Particulars of the request
base-limitation = Limitation of use and assurances
base-binding = This letter is subject to the following:
base-closing = This authority would be grateful for confirmation of receipt. { $quote } It thanks your authority for its assistance and remains at your disposal for any further information.
base-courtesy = Please accept the assurance of this authority's high consideration.
base-signed = Signed for the { $sender }
base-date = Date of the decision

request-title = Request for assistance

# To a provider.
provider-sender = Issuing authority
provider-addressee = Addressee
provider-particulars = Particulars of the order
provider-closing = The addressee is asked to confirm receipt, to quote the reference stated above in any reply, and to say without delay what stands in the way of carrying this out.
provider-annex = Where the legal basis prescribes a form or a certificate, it is enclosed; this letter does not replace it.

preservation-order-title = Order for preservation
preservation-order-opening =
    This authority orders the addressee, on the legal basis stated below, to preserve the data described below, so that they are neither lost nor altered.

    This order is for preservation only; it does not order that the data be disclosed.
production-order-title = Order for production
production-order-opening = This authority orders the addressee, on the legal basis stated below, to produce to it the data described below, and no others.
search-order-title = Order to search and secure data
search-order-opening = This authority orders, on the legal basis stated below, that the data described below be searched and secured where they lie, and no others.
collection-order-title = Order for collection in real time
collection-order-opening = This authority orders the addressee, on the legal basis stated below, to collect the data described below while the communication takes place, for the period stated and no longer.
preservation-letter-title = Request for preservation
preservation-letter-sender = Requesting authority
preservation-letter-particulars = Particulars of the request
preservation-letter-opening =
    This authority requests the addressee, on the legal basis stated below, to preserve the records described below, so that they are neither lost nor altered, pending the process that is stated below.

    This letter asks for preservation only; it does not ask that the data be disclosed.
preservation-letter-annex = {""}
registration-title = Request for domain name registration data
registration-sender = Requesting authority
registration-particulars = Particulars of the request
registration-opening = This authority requests the addressee, on the legal basis stated below, to disclose to it the domain name registration data described below.
registration-annex = {""}
voluntary-title = Request for voluntary disclosure
voluntary-sender = Requesting authority
voluntary-particulars = Particulars of the request
voluntary-opening =
    This authority requests the addressee, on the legal basis stated below, to disclose to it of its own will the data described below, and no others, as far as the law that binds the addressee allows it.

    This letter is no order. Process, where it is owed, follows.
voluntary-annex = {""}
access-record-title = Record of consent to access
access-record-sender = Authority that makes the record
access-record-addressee = Authority that keeps the record
access-record-particulars = Particulars of the access
access-record-opening =
    This authority records, on the legal basis stated below, that a person who has the lawful authority to disclose the data described below gave their lawful and voluntary consent to its access to them.

    The record is read and signed by the person who consents, in a language that they understand.
access-record-closing = A copy is given to the person who consents.
access-record-annex = Signature of the person who consents: ____________________

# From desk to desk, and to authorities.
preservation-title = Request for preservation
preservation-opening =
    This authority presents its compliments to your authority and respectfully requests, on the legal basis stated below, that the data described below be preserved expeditiously, so that they are neither lost nor altered.

    This letter asks for preservation only; it does not ask that the data be disclosed.
production-title = Request for disclosure
production-opening = This authority presents its compliments to your authority and respectfully requests, on the legal basis stated below, that the data described below be disclosed expeditiously.
mla-title = Request for mutual legal assistance
mla-opening = This authority presents its compliments to your authority and respectfully requests, on the legal basis stated below, the mutual legal assistance described below.
collection-title = Request for collection of data in real time
collection-opening =
    This authority presents its compliments to your authority and respectfully requests, on the legal basis stated below, that the data described below be collected while the communication takes place, under the conditions of the law of the requested side and as far as that law permits.

    The order on which this authority acts is stated below; it does not replace a decision that the law of the requested side asks for.
contact-point-title = Request to the 24/7 contact point
contact-point-sender = Requesting contact point
contact-point-addressee = Requested contact point
contact-point-opening = This authority presents its compliments to your authority and respectfully requests, on the legal basis stated below, the assistance of your contact point that is described below.
emergency-title = Emergency request
emergency-opening =
    This authority presents its compliments to your authority and respectfully requests, as a matter of emergency and on the legal basis stated below, the assistance described below.

    This authority asks that this letter be dealt with at once, and that anything which stands in the way of it be made known without delay.
information-title = Spontaneous information
information-sender = Authority giving the information
information-addressee = Receiving authority
information-particulars = Particulars of the information
information-opening =
    This authority presents its compliments to your authority and has the honour to give, on the legal basis stated below and without a request, the information described below, which may be of help to your authority.

    The information itself follows once your authority has accepted the conditions on confidentiality and use that are stated below; whoever accepts them is bound by them. Where your authority cannot comply with them, it is asked to say so, and no information is given.
information-closing = This authority would be grateful to know whether the conditions are accepted. { $quote } It remains at your disposal for any further information.
information-given-title = Spontaneous information: what is given
information-given-sender = Authority giving the information
information-given-addressee = Receiving authority
information-given-opening = This authority presents its compliments to your authority and, your authority having accepted the conditions, gives the information that it announced. The conditions that were accepted bind its use.
information-given-text = Information
use-limit-title = Conditions of confidentiality and use
use-limit-sender = Authority that supplies the material
use-limit-addressee = Receiving authority
use-limit-particulars = Conditions
use-limit-opening =
    This authority presents its compliments to your authority and makes, on the legal basis stated below, the supply of what is described below dependent on the conditions stated below.

    Where your authority accepts the material under these conditions, it is bound by them. Where it cannot comply with them, it is asked to say so promptly; this authority then decides whether the material is given all the same.
team-title = Proposal for a joint investigation
team-sender = Proposing authority
team-addressee = Authority addressed
team-particulars = Terms that are proposed
team-opening =
    This authority presents its compliments to your authority and proposes, on the legal basis stated below, that a joint investigation be agreed on the terms set out below.

    This letter is a proposal; what binds is the agreement that the parties sign.
charter-title = Charter of a joint task force
charter-sender = Desk that writes this copy
charter-particulars = What the desks agree
charter-opening =
    The desks named above form a joint task force on the terms set out below.

    What binds is the charter that each desk has signed in its own log; this is its text on paper.
charter-closing = { $quote }
spoc-title = Request for information between single points of contact
spoc-sender = Requesting single point of contact
spoc-addressee = Requested single point of contact
spoc-opening = This authority presents its compliments to your authority and respectfully requests, on the legal basis stated below, the information described below.
warrant-cover-title = Transmission of an order or warrant
warrant-cover-particulars = Particulars of the order or warrant
warrant-cover-opening =
    This authority presents its compliments to your authority and has the honour to transmit the enclosed order or warrant, with the request that, on the legal basis stated below, effect be given to it.

    This letter accompanies the order or warrant; it neither replaces nor alters it.
warrant-cover-annex = Enclosed: the order or warrant.
notification-title = Notification of an order
notification-sender = Issuing authority
notification-addressee = Authority notified
notification-particulars = Particulars of the order and what it rests on
notification-opening = This authority presents its compliments to your authority and notifies it, on the legal basis stated below, of the order described below. What the order rests on is stated for your authority alone; the provider does not receive it.
intercept-notice-title = Notice of an interception
intercept-notice-sender = Intercepting authority
intercept-notice-addressee = Authority notified
intercept-notice-particulars = Particulars of the interception
intercept-notice-opening =
    This authority presents its compliments to your authority and notifies it, on the legal basis stated below, of the interception described below, for which it needs no technical assistance.

    Your authority is asked to say within 96 hours where the interception would not be authorised in a similar case at home.
breach-title = Notice of a breach
breach-sender = Authority giving the notice
breach-addressee = Authority notified
breach-particulars = Particulars of the breach
breach-opening = This authority presents its compliments to your authority and notifies it, on the legal basis stated below and without undue delay, that data which came from your authority or went to it were touched by the breach described below.
consultation-title = Consultation
consultation-sender = Consulting authority
consultation-addressee = Authority consulted
consultation-particulars = What is asked
consultation-opening = This authority presents its compliments to your authority and would be grateful for its view of the question described below. This letter is no request for assistance.
wider-use-title = Use of material beyond its purpose
wider-use-sender = Authority that received the material
wider-use-addressee = Authority that gave the material
wider-use-particulars = The material and its use
wider-use-opening =
    This authority presents its compliments to your authority and writes, on the legal basis stated below, about a use of material that your authority gave for another purpose.

    Where consent is asked, nothing is presumed where no answer is given. Where disclosure is owed by law, this letter is the notice of it, and your authority may ask to be consulted.

# Consent to onward sharing.
consent-title = Request for consent to onward sharing
consent-sender = Authority asking for consent
consent-addressee = Originating authority
consent-opening =
    This authority presents its compliments to your authority and respectfully asks for your consent to the onward sharing, described below, of material that originates from your authority.

    Consent will not be presumed where no answer is given.
consent-recital = Particulars
consent-text = Onward sharing for which consent is asked
consent-limitation = Conditions of the onward sharing
consent-binding = The onward sharing would be subject to the following:
consent-closing = This authority would be grateful for your written answer; the form below may be used. { $quote } It thanks your authority for its assistance and remains at your disposal for any further information.
consent-answer = Answer of the originating authority
consent-yes = It consents to the onward sharing described above.
consent-under = It consents, on the conditions attached.
consent-no = It does not consent.

# Answers.
answer-title = Answer to a request
answer-sender = Requested authority
answer-addressee = Requesting authority
answer-basis = Legal basis of the request
answer-urgency = Time limits of the request
answer-recital = The request to which this letter relates
answer-date = Date of the answer
answer-text = Particulars of the answer
answer-limitation = Conditions
answer-binding = This answer is subject to the following:
answer-opening = This authority presents its compliments to your authority and answers the request identified in this letter.
answer-closing = This authority remains at your disposal for any further information. { $quote }
answer-acknowledge-title = Acknowledgement of receipt
answer-acknowledge-opening =
    This authority presents its compliments to your authority and acknowledges receipt of the request identified in this letter.

    This acknowledgement is not a decision on the request.
answer-clarify-title = Request for clarification
answer-clarify-opening = This authority presents its compliments to your authority and respectfully asks for clarification of the request identified in this letter.
answer-clarify-text = What is to be made clear
answer-clarify-closing = This authority remains at your disposal for any further information. It would be grateful for your reply. { $quote }
answer-offer-title = Conditional answer to a request
answer-offer-opening = This authority presents its compliments to your authority and has the honour to inform it that it is prepared to carry out the request identified in this letter, subject to conditions.
answer-offer-text = Conditions offered
answer-offer-closing = This authority remains at your disposal for any further information. It would be grateful to know whether the conditions are accepted. { $quote }
answer-consult-title = Consultation before a decision
answer-consult-opening =
    This authority presents its compliments to your authority and consults it before it decides on the request identified in this letter.

    Nothing is decided yet. Your authority is asked what it can say to what is raised below, and whether the request could be granted in part or under conditions.
answer-consult-text = What stands in the way, and what would help
answer-consult-closing = This authority would be grateful for your reply. { $quote }
answer-consent-title = Consent to onward sharing
answer-consent-opening =
    This authority presents its compliments to your authority and consents to the onward sharing that the request identified in this letter asks for.

    The consent covers the item and the recipient named in this letter, and no others.
answer-accept-title = Acceptance of a request
answer-accept-opening = This authority presents its compliments to your authority and has the honour to inform it that the request identified in this letter is accepted.
answer-accept-partly-title = Partial acceptance of a request
answer-accept-partly-opening = This authority presents its compliments to your authority and has the honour to inform it that the request identified in this letter is accepted in part.
answer-accept-partly-text = What is accepted, and what is not
answer-postpone-title = Postponement of a request
answer-postpone-opening = This authority presents its compliments to your authority and has the honour to inform it that action on the request identified in this letter is postponed.
answer-postpone-text = Reasons
answer-execute-title = Notice that a request is being carried out
answer-execute-opening = This authority presents its compliments to your authority and has the honour to inform it that the request identified in this letter is being carried out.
answer-deliver-title = Delivery of the result of a request
answer-deliver-opening = This authority presents its compliments to your authority and has the honour to inform it that the request identified in this letter has been carried out and that the result is delivered.
answer-deliver-closing = This authority remains at your disposal for any further information. It would be grateful for confirmation of receipt. { $quote }
refusal-title = Refusal of a request
refusal-date = Date of the decision
refusal-opening = This authority presents its compliments to your authority and has considered the request identified in this letter. It regrets to state that it is unable to comply with the request.
refusal-text = Reasons
refusal-closing = This authority remains at your disposal for consultation on this decision. { $quote }

# What the asking side says afterwards.
later-basis = Legal basis of the request
later-recital = The request to which this letter relates
clarification-title = Clarification of a request
clarification-opening = This authority presents its compliments to your authority and answers what your authority asked about the request identified in this letter.
clarification-text = Clarification
discussion-title = Reply to a consultation
discussion-opening = This authority presents its compliments to your authority and replies to what your authority raised before deciding on the request identified in this letter.
discussion-text = Reply
acceptance-title = Acceptance of conditions
acceptance-opening =
    This authority presents its compliments to your authority and accepts the conditions under which your authority is prepared to carry out the request identified in this letter.

    The conditions bind this authority from now on.
acceptance-text = Particulars of the acceptance
withdrawal-title = Withdrawal of a request
withdrawal-opening =
    This authority presents its compliments to your authority and withdraws the request identified in this letter.

    Nothing further is asked on its account.
withdrawal-text = Reasons
supplement-title = Supplement to a request
supplement-opening =
    This authority presents its compliments to your authority and adds to the request identified in this letter what is stated below.

    Everything else that the request says stands as it was sent.
supplement-text = What is added
correction-title = Correction of a request
correction-opening =
    This authority presents its compliments to your authority and puts right what the request identified in this letter said.

    What is not mentioned below stands as it was sent.
correction-text = What was wrong, and what is right
extension-title = Request for extension
extension-sender = Authority requesting the extension
extension-addressee = Authority addressed
extension-opening = This authority presents its compliments to your authority and respectfully requests that the period or time limit described below be extended.
extension-urgency = Time limits now running
extension-text = Extension requested and reasons
follow-on-title = Notice that a follow-on request was issued
follow-on-opening =
    This authority presents its compliments to your authority and confirms that a request which follows on the one identified in this letter has been issued.

    The data are to be kept until that request is decided.
follow-on-text = Request that follows on
use-report-title = Report on the use of material received
use-report-sender = Reporting authority
use-report-addressee = Authority to which the report is made
use-report-opening = This authority presents its compliments to your authority and has the honour to report on the use made of the material received under the request identified in this letter.
use-report-urgency = Time limits
use-report-text = Use made of the material
use-report-limitation = Conditions of use
use-report-binding = The material was received subject to the following:
use-report-closing = This authority thanks your authority for its assistance and remains at your disposal for any further information. { $quote }

# To the person whose data they are.
person-title = Notice to a person whose data were used
person-sender = Authority giving the notice
person-addressee = Person addressed
person-opening =
    This authority informs you that data about you were processed in a criminal investigation, as described below.

    You may ask this authority for access to the data, for their correction or erasure, as far as the law allows; where it refuses, it says how you can complain.
person-text = What was done
person-closing = Questions go to the contact stated in this letter. { $quote }

# To a person who complains, or asks about their data.
redress-sender = Authority that answers
redress-addressee = Person addressed
redress-text = Reasons
redress-closing = Questions go to the contact stated in this letter. { $quote }
complaint-acknowledgement-title = Acknowledgement of your letter
complaint-acknowledgement-opening =
    This authority has received your letter about your data, and examines it. The examination is free of charge.

    You may lodge a complaint with the supervisory authority and seek a judicial remedy at any time.
complaint-progress-title = How the examination of your letter stands
complaint-progress-opening =
    This authority informs you that the examination of your letter goes on.

    Where you are not informed of how it stands or of its outcome within three months, you have the right to a judicial remedy.
complaint-restriction-title = Restriction of what you are told
complaint-restriction-opening =
    This authority informs you that, for a reason which the law provides for, not all that you asked for can be told to you now. The reason is on record, is looked at again, and is at the disposal of the supervisory authority.

    You may exercise your rights through the supervisory authority, lodge a complaint with it, and seek a judicial remedy.
complaint-checked-title = Answer to your letter
complaint-checked-opening =
    This authority informs you that all necessary verifications and a review took place, and that the lawfulness of any processing was examined. This letter neither confirms nor denies that data about you are processed.

    You have the right to lodge a complaint with the supervisory authority, and to seek a judicial remedy before the court that is competent.
complaint-decision-title = Decision on your letter
complaint-decision-opening =
    This authority informs you of its decision on your letter, and of the reasons for it.

    You have the right to lodge a complaint with the supervisory authority, and to seek a judicial remedy before the court that is competent.
complaint-referral-title = Your letter was passed on
complaint-referral-opening =
    This authority informs you that another authority is competent for your letter, and that it was passed on there. You receive one answer, from this authority.

    You have the right to lodge a complaint with the supervisory authority, and to seek a judicial remedy.
complaint-referral-text = Authority that leads the examination

# To the ministries: the last rung of a dispute.
dispute-title = Dispute handed over
dispute-sender = Authority that hands over the dispute
dispute-addressee = Authority on the other side
dispute-particulars = Particulars of the dispute
dispute-opening =
    This authority presents its compliments and hands over to the ministries the dispute described below, which consultation, heads of contact points, central authorities, mediation and arbitration have not ended.

    What was said in the course of it is without prejudice where that is stated. No measure taken meanwhile stops the preservation of data, what is owed to life and safety, or the deletion of data.
dispute-text = What it is about, and what became of it
dispute-closing = This authority would be grateful for confirmation of receipt. { $quote }
