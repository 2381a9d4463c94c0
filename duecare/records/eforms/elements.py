"""Which elements of a notice are read and which are left aside on purpose; whatever else it holds is unknown, by name.

Elements are named with their parent, because the same name means different things in different places (the name of a
company is read, that of a contact never). An ignored element is ignored with all that it holds.
"""

from __future__ import annotations

from duecare.records.eforms.ubl import (
    AGGREGATE,
    BASIC,
    EFORMS,
    EFORMS_AGGREGATE,
    EFORMS_BASIC,
    EXTENSION,
    Element,
)

_NOTICE = "Notice"
"""Stands for every root element."""

USED = """
Notice: UBLExtensions CustomizationID ID ContractFolderID IssueDate IssueTime VersionID NoticeTypeCode NoticeLanguageCode
Notice: ContractingParty TenderingTerms TenderingProcess ProcurementProject ProcurementProjectLot
UBLExtensions: UBLExtension
UBLExtension: ExtensionContent
ExtensionContent: EformsExtension
EformsExtension: NoticeSubType Publication Organizations Changes ContractModification NoticeResult
EformsExtension: AwardCriterionParameter FrameworkMaximumAmount FieldsPrivacy
NoticeSubType: SubTypeCode
Publication: NoticePublicationID
FieldsPrivacy: FieldIdentifierCode
Changes: ChangedNoticeIdentifier ChangeReason
ChangeReason: ReasonCode
ContractModification: ChangedNoticeIdentifier
Organizations: Organization
Organization: Company TouchPoint NaturalPersonIndicator GroupLeadIndicator
Company: PartyIdentification PartyName PartyLegalEntity PostalAddress
TouchPoint: PartyIdentification
PartyIdentification: ID
PartyName: Name
PartyLegalEntity: CompanyID
PostalAddress: Country
Country: IdentificationCode
ContractingParty: Party ContractingPartyType ContractingActivity
Party: PartyIdentification
ContractingPartyType: PartyTypeCode
ContractingActivity: ActivityTypeCode
ProcurementProject: Name Description ProcurementTypeCode MainCommodityClassification AdditionalCommodityClassification
ProcurementProject: RealizedLocation RequestedTenderTotal EstimatedOverallContractQuantity PlannedPeriod ContractExtension
ProcurementProject: ProcurementAdditionalType
MainCommodityClassification: ItemClassificationCode
AdditionalCommodityClassification: ItemClassificationCode
RealizedLocation: Address
Address: Country CountrySubentityCode
RequestedTenderTotal: EstimatedOverallContractAmount UBLExtensions
PlannedPeriod: StartDate EndDate DurationMeasure
ContractExtension: MaximumNumberNumeric
ProcurementAdditionalType: ProcurementTypeCode
ProcurementProjectLot: ID ProcurementProject TenderingTerms TenderingProcess
TenderingProcess: ProcedureCode ProcessJustification ContractingSystem NoticeDocumentReference UBLExtensions
TenderingProcess: TenderSubmissionDeadlinePeriod ParticipationRequestReceptionPeriod
ProcessJustification: ProcessReasonCode
ContractingSystem: ContractingSystemTypeCode
NoticeDocumentReference: ID
TenderSubmissionDeadlinePeriod: EndDate
ParticipationRequestReceptionPeriod: EndDate
TenderingTerms: AwardingTerms TendererQualificationRequest ContractExecutionRequirement UBLExtensions
TendererQualificationRequest: SpecificTendererRequirement
SpecificTendererRequirement: TendererRequirementTypeCode
ContractExecutionRequirement: ExecutionRequirementCode
AwardingTerms: AwardingCriterion
AwardingCriterion: SubordinateAwardingCriterion AwardingCriterionTypeCode UBLExtensions
SubordinateAwardingCriterion: AwardingCriterionTypeCode UBLExtensions
AwardCriterionParameter: ParameterCode ParameterNumeric FieldsPrivacy
NoticeResult: LotResult LotTender SettledContract TenderingParty TotalAmount FieldsPrivacy
LotResult: TenderLot LotTender SettledContract TenderResultCode HigherTenderAmount LowerTenderAmount FieldsPrivacy
LotResult: ReceivedSubmissionsStatistics FrameworkAgreementValues
TenderLot: ID
ReceivedSubmissionsStatistics: StatisticsCode StatisticsNumeric FieldsPrivacy
FrameworkAgreementValues: MaximumValueAmount ReestimatedValueAmount FieldsPrivacy
LotTender: ID TenderLot TenderingParty LegalMonetaryTotal SubcontractingTerm TenderReference FieldsPrivacy
LegalMonetaryTotal: PayableAmount
SubcontractingTerm: TermCode TermPercent TermAmount FieldsPrivacy
TenderReference: ID
SettledContract: ID LotTender ContractReference IssueDate AwardDate Title
ContractReference: ID
TenderingParty: ID Tenderer
Tenderer: ID GroupLeadIndicator
"""

IGNORED = {
    "Persons and ways to reach them, which are never read": """
Notice: SenderParty BusinessParty
Company: Contact WebsiteURI EndpointID
TouchPoint: Contact WebsiteURI EndpointID PartyName PartyLegalEntity PostalAddress
Organization: UltimateBeneficialOwner
Organizations: UltimateBeneficialOwner
PostalAddress: StreetName AdditionalStreetName AddressLine Department CityName PostalZone CountrySubentityCode
Address: StreetName AdditionalStreetName AddressLine CityName PostalZone
RealizedLocation: Description
AwardingTerms: TechnicalCommitteePerson Prize
ContractingParty: BuyerProfileURI
""",
    "Other roles than buyer and winner": """
Party: ServiceProviderParty
Organization: AcquiringCPBIndicator AwardingCPBIndicator ListedOnRegulatedMarketIndicator
Company: CompanySizeCode
TenderingParty: SubContractor Name
LotResult: FinancingParty PayerParty
SettledContract: SignatoryParty
TenderingTerms: AdditionalInformationParty DocumentProviderParty TenderEvaluationParty TenderRecipientParty
""",
    "Administration of the notice": """
Notice: UBLVersionID RegulatoryDomain RequestedPublicationDate PlannedDate URI AdditionalNoticeLanguage TenderResult Note
Notice: NoticePurpose BusinessCapability AdditionalDocumentReference
EformsExtension: TransmissionDate TransmissionTime
Publication: GazetteID PublicationDate
FieldsPrivacy: ReasonCode ReasonDescription PublicationDate
Changes: Change
ChangeReason: ReasonDescription
ContractModification: Change ChangeReason ModifiedContractIdentifier
NoticeDocumentReference: ReferencedDocumentInternalAddress
""",
    "Terms and rules of the procedure that no risk factor names": """
EformsExtension: AccessToolName AnswerReceptionPeriod InterestExpressionReceptionPeriod ProcedureRelaunchIndicator
EformsExtension: SelectionCriteria StrategicProcurement TenderSubcontractingRequirements Funding Appeals
ProcurementProject: ID Note SMESuitableIndicator
PlannedPeriod: Description DescriptionCode
ContractExtension: OptionsDescription Renewal
ProcurementAdditionalType: ProcurementType
Address: Region
TenderingProcess: Description PartPresentationCode AccessToolsURI AdditionalInformationRequestPeriod AuctionTerms
TenderingProcess: CandidateReductionConstraintIndicator EconomicOperatorShortList FrameworkAgreement
TenderingProcess: GovernmentAgreementConstraintIndicator InvitationSubmissionPeriod OpenTenderEvent SubmissionMethodCode
TenderingProcess: TerminatedIndicator
TenderSubmissionDeadlinePeriod: EndTime
ParticipationRequestReceptionPeriod: EndTime
ProcessJustification: Description ProcessReason
TenderingTerms: AllowedSubcontractTerms AppealTerms CallForTendersDocumentReference FundingProgramCode Language
TenderingTerms: EmploymentLegislationDocumentReference EnvironmentalLegislationDocumentReference LotDistribution
TenderingTerms: FiscalLegislationDocumentReference LatestSecurityClearanceDate MultipleTendersCode PaymentTerms
TenderingTerms: PostAwardProcess ProcurementLegislationDocumentReference RecurringProcurementDescription
TenderingTerms: RecurringProcurementIndicator RequiredCurriculaCode RequiredFinancialGuarantee SecurityClearanceTerm
TenderingTerms: TenderValidityPeriod VariantConstraintCode
TendererQualificationRequest: CompanyLegalForm CompanyLegalFormCode
SpecificTendererRequirement: Description
ContractExecutionRequirement: Name Description
AwardingTerms: BindingOnBuyerIndicator FollowupContractIndicator NoFurtherNegotiationIndicator
AwardingCriterion: CalculationExpression Name Description
SubordinateAwardingCriterion: Name Description
""",
    "Results that no risk factor names": """
NoticeResult: OverallApproximateFrameworkContractsAmount OverallMaximumFrameworkContractsAmount GroupFramework
LotResult: ID AppealRequestsStatistics DPSTerminationIndicator DecisionReason StrategicProcurement
LotTender: AggregatedAmounts ConcessionRevenue ForeignSubsidiesMeasuresCode Origin RankCode TenderRankedIndicator
LotTender: TenderVariantIndicator ContractTerm
SubcontractingTerm: TermDescription PercentageKnownIndicator ValueKnownIndicator
SettledContract: ContractFrameworkIndicator Funding NoticeDocumentReference URI DurationJustification
""",
}
"""Ignored elements by the reason why."""

_SPACES = (AGGREGATE, BASIC, EXTENSION, EFORMS, EFORMS_AGGREGATE, EFORMS_BASIC)


def _pairs(listing: str) -> frozenset[tuple[str, str]]:
    lines = (line.partition(": ") for line in listing.split("\n") if line)
    return frozenset((parent, child) for parent, _, children in lines for child in children.split())


_USED = _pairs(USED)
_IGNORED = frozenset(pair for listing in IGNORED.values() for pair in _pairs(listing))


def unknown_elements(root: Element) -> tuple[str, ...]:
    """``Parent/Child`` of every element that is neither read nor ignored on purpose, each once, sorted.

    An element of a namespace that eForms does not use comes with the namespace: ``Parent/{namespace}Child``.
    """
    unknown: set[str] = set()
    waiting: list[tuple[Element, str]] = [(root, _NOTICE)]
    while waiting:
        element, parent = waiting.pop()
        for child in element.iterchildren("*"):
            name = child.tag.rpartition("}")[2]
            if not child.tag.startswith(_SPACES):
                unknown.add(f"{parent}/{child.tag}")
            elif (parent, name) in _USED:
                waiting.append((child, name))
            elif (parent, name) not in _IGNORED:
                unknown.add(f"{parent}/{name}")
    return tuple(sorted(unknown))
