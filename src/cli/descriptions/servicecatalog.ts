/**
 * What the operations and members of Service Catalog are for, in our own words: facts are the API's, sentences are not. The
 * first sentence of each stands alone, because help lists, completions and the YAML skeleton show only that. Values of an
 * enum are not listed, the model has them.
 */
export const operations: Readonly<Record<string, string>> = {
  AcceptPortfolioShare: 'Accept a portfolio that another account shares with yours.',
  AssociateBudgetWithResource: 'Attach a budget to a portfolio or a product.',
  AssociatePrincipalWithPortfolio:
    'Let a user, group or role find and launch the products of a portfolio. Without such an association nobody has a launch path, administrators included.',
  AssociateProductWithPortfolio: 'Put a product into a portfolio. A product may be in several.',
  AssociateServiceActionWithProvisioningArtifact:
    'Offer a service action on the provisioned products of one version of a product. A new version starts without actions.',
  AssociateTagOptionWithResource: 'Attach a TagOption to a portfolio or a product.',
  BatchAssociateServiceActionWithProvisioningArtifact:
    'Associate up to 50 pairs of service action and version in one call. The answer lists those that failed; the others hold.',
  BatchDisassociateServiceActionFromProvisioningArtifact:
    'Undo up to 50 associations of service actions and versions in one call. The answer lists those that failed; the others are gone.',
  CopyProduct:
    'Start copying a product, as a new product or into one that exists. Follow the copy with DescribeCopyProductStatus.',
  CreateConstraint:
    'Restrict or direct how one product may be launched from one portfolio. For example the role that launches it, or the values its parameters may take.',
  CreatePortfolio: 'Create a portfolio, a named set of products that is granted and shared as one.',
  CreatePortfolioShare:
    'Share a portfolio with an account or with a node of your organization. Sharing with a node goes on in the background: follow it with DescribePortfolioShareStatus.',
  CreateProduct: 'Create a product, together with its first version or with a repository to take versions from.',
  CreateProvisionedProductPlan:
    'Work out which resources a launch or an update would add, change or remove. Nothing changes until the plan is executed. A product that exists already must be AVAILABLE or TAINTED.',
  CreateProvisioningArtifact: 'Add a version (provisioning artifact) to a product.',
  CreateServiceAction:
    'Define an action that requesters may run on their provisioned products. It names an SSM Automation document and who runs it.',
  CreateTagOption: 'Create a TagOption, a key and value that can be given to products as a tag.',
  DeleteConstraint: 'Delete a constraint. Products launched under it stay as they are.',
  DeletePortfolio:
    'Delete a portfolio that is no longer in use. Remove its products, principals, constraints and shares first.',
  DeletePortfolioShare: 'Stop sharing a portfolio with an account or with a node of your organization.',
  DeleteProduct: 'Delete a product that is in no portfolio.',
  DeleteProvisionedProductPlan: 'Delete a plan, whether it was executed or not.',
  DeleteProvisioningArtifact: 'Delete a version of a product. The last version left cannot be deleted.',
  DeleteServiceAction: 'Delete a service action that is associated with no version.',
  DeleteTagOption: 'Delete a TagOption that is attached to nothing.',
  DescribeConstraint: 'Show a constraint with its parameters.',
  DescribeCopyProductStatus: 'Show how far a CopyProduct request has come.',
  DescribePortfolio: 'Show a portfolio with its tags, TagOptions and budgets.',
  DescribePortfolioShareStatus:
    'Show how far a share with a node of the organization has come. Accounts that failed are listed.',
  DescribePortfolioShares: 'List the shares of a portfolio of one type, with whether each was accepted.',
  DescribeProduct:
    'Show a product as a requester sees it: its usable versions and launch paths. Administrators use DescribeProductAsAdmin.',
  DescribeProductAsAdmin: 'Show a product as an administrator sees it: all its versions, tags, TagOptions and budgets.',
  DescribeProductView: 'Show a product and its versions by the id of its view, as SearchProducts answers it.',
  DescribeProvisionedProduct: 'Show a provisioned product: its status, its version and the last records about it.',
  DescribeProvisionedProductPlan: 'Show a plan and the resource changes it would make.',
  DescribeProvisioningArtifact: 'Show a version of a product, and on request its parameters.',
  DescribeProvisioningParameters:
    'Show what a launch of a product needs: parameters, constraints, TagOptions and preferences. Give the path when several lead to the product.',
  DescribeRecord:
    'Show a record: what was requested, how it stands, its errors and outputs. This is how to follow a launch, an update, a termination or a service action.',
  DescribeServiceAction: 'Show a service action with its definition.',
  DescribeServiceActionExecutionParameters:
    'List the parameters a service action takes on one provisioned product, with their default values.',
  DescribeTagOption: 'Show a TagOption.',
  DisableAWSOrganizationsAccess:
    'Stop sharing portfolios through AWS Organizations. Present shares stay, but no longer follow changes of the organization.',
  DisassociateBudgetFromResource: 'Detach a budget from a portfolio or a product.',
  DisassociatePrincipalFromPortfolio: 'Take the access to a portfolio from a user, group or role.',
  DisassociateProductFromPortfolio: 'Take a product out of a portfolio. Products launched from there stay as they are.',
  DisassociateServiceActionFromProvisioningArtifact: 'Stop offering a service action on one version of a product.',
  DisassociateTagOptionFromResource: 'Detach a TagOption from a portfolio or a product.',
  EnableAWSOrganizationsAccess:
    'Allow portfolios to be shared through AWS Organizations. For the management account of the organization.',
  ExecuteProvisionedProductPlan: 'Make the changes that a plan lists. Follow the record that is answered.',
  ExecuteProvisionedProductServiceAction:
    'Run a service action on a provisioned product. Answers a record; DescribeRecord tells how the run goes and what came out of it.',
  GetAWSOrganizationsAccessStatus: 'Show whether portfolios can be shared through AWS Organizations.',
  GetProvisionedProductOutputs:
    'List the outputs of a provisioned product, such as addresses and names of what was created.',
  ImportAsProvisionedProduct:
    'Take over resources that exist already, such as a CloudFormation stack, as a provisioned product. The resources themselves do not change.',
  ListAcceptedPortfolioShares: 'List the portfolios shared with your account that were accepted.',
  ListBudgetsForResource: 'List the budgets attached to a portfolio or a product.',
  ListConstraintsForPortfolio: 'List the constraints of a portfolio, of all its products or of one.',
  ListLaunchPaths:
    'List the ways by which you may launch a product. Each leads through a portfolio and carries its constraints and tags.',
  ListOrganizationPortfolioAccess: 'List the nodes of the organization that a portfolio is shared with.',
  ListPortfolioAccess: 'List the accounts that a portfolio is shared with.',
  ListPortfolios: 'List the portfolios of your account.',
  ListPortfoliosForProduct: 'List the portfolios that hold a product.',
  ListPrincipalsForPortfolio: 'List the users, groups, roles and name patterns that have access to a portfolio.',
  ListProvisionedProductPlans: 'List plans, all that you may see or those of one provisioned product.',
  ListProvisioningArtifacts: 'List the versions of a product.',
  ListProvisioningArtifactsForServiceAction: 'List the versions of products that a service action is offered on.',
  ListRecordHistory: 'List records of what was done, all that you may see or those about one product.',
  ListResourcesForTagOption: 'List the portfolios and products that a TagOption is attached to.',
  ListServiceActions: 'List the service actions of your account.',
  ListServiceActionsForProvisioningArtifact: 'List the service actions offered on one version of a product.',
  ListStackInstancesForProvisionedProduct:
    'List the stacks of a provisioned product that is a stack set, by account and region.',
  ListTagOptions: 'List TagOptions, all of them or those that match.',
  NotifyProvisionProductEngineWorkflowResult: 'Report, as an engine, how provisioning a product ended.',
  NotifyTerminateProvisionedProductEngineWorkflowResult:
    'Report, as an engine, how terminating a provisioned product ended.',
  NotifyUpdateProvisionedProductEngineWorkflowResult: 'Report, as an engine, how updating a provisioned product ended.',
  ProvisionProduct:
    'Launch a product. Answers a record at once and goes on in the background: follow it with DescribeRecord.',
  RejectPortfolioShare: 'Decline a portfolio that another account shares with yours.',
  ScanProvisionedProducts: 'List provisioned products, without filter or order. SearchProvisionedProducts has both.',
  SearchProducts: 'Find the products that you may launch.',
  SearchProductsAsAdmin: 'Find products among all of your account, or among those of one portfolio.',
  SearchProvisionedProducts: 'Find provisioned products by their fields, and sort them.',
  TerminateProvisionedProduct:
    'Terminate a provisioned product and delete its resources. It cannot be undone; the records remain.',
  UpdateConstraint: 'Change the description or the parameters of a constraint.',
  UpdatePortfolio: 'Change the names, description or tags of a portfolio.',
  UpdatePortfolioShare: 'Change whether a share carries TagOptions and principal names along with the portfolio.',
  UpdateProduct: 'Change what a product says of itself, its tags or its repository.',
  UpdateProvisionedProduct:
    'Move a provisioned product to another version, or give it other parameters. Answers a record: follow it with DescribeRecord.',
  UpdateProvisionedProductProperties:
    'Change the owner or the launch role of a provisioned product. For administrators; its resources do not change.',
  UpdateProvisioningArtifact: 'Rename a version, activate or deactivate it, or advise against using it.',
  UpdateServiceAction: 'Change the name, description or definition of a service action.',
  UpdateTagOption: 'Change the value of a TagOption, or activate or deactivate it.',
}

/** Members that mean the same wherever they appear, by name. `members` goes before. */
export const commonMembers: Readonly<Record<string, string>> = {
  AcceptLanguage: 'Language of the messages, jp or zh; English when absent.',
  AccessLevelFilter: 'Whose provisioned products to look at: those of the account, of your role or your own.',
  AccountId: 'Account of 12 digits that the share is for. Give either this or OrganizationNode.',
  AddTags: 'Tags to add; one whose key is there already gets the new value.',
  BudgetName: 'Name of the budget.',
  Budgets: 'Budgets attached to it.',
  ConstraintDetail: 'The constraint.',
  ConstraintParameters: 'What the constraint says, as JSON text in the form of its type.',
  ConstraintSummaries: 'Constraints that apply to the launch.',
  CopyProductToken: 'Token that CopyProduct answered, to follow the copy with.',
  CreatedTime: 'When it was created.',
  DisplayName: 'Name of the portfolio, as people see it.',
  Distributor: 'Who distributes the product, such as the vendor.',
  FailedServiceActionAssociations: 'The pairs that failed, each with its reason.',
  FailureReason: 'Why the engine failed, in words for the requester. Belongs to the status FAILED.',
  IdempotencyToken:
    'Token by which a repeated request is recognised and not carried out twice. A random one is sent when you give none.',
  LastProvisioningRecordId: 'Id of the last record that launched, updated or terminated the product.',
  LastRecordId: 'Id of the last record about the product, service actions included.',
  LastSuccessfulProvisioningRecordId: 'Id of the last such record that succeeded.',
  LaunchRoleArn: 'ARN of the role that launches and changes the resources.',
  NextPageToken: 'Token for the next page; absent on the last.',
  NotificationArns: 'ARNs of SNS topics, at most 5, that receive the events of the stack.',
  OrganizationNode: 'Node of the organization that the share is for. Give either this or AccountId.',
  Owner: 'Who is responsible for the product, a person or a department.',
  PageSize:
    'Largest number of items in one answer. Where the command pages through all answers by itself, giving it turns that off.',
  PageToken: 'Token of the page to show, as the answer before gave it; absent for the first.',
  PathId: 'Id of the launch path, from ListLaunchPaths. Needed when several paths lead to the product.',
  PathName: 'Name of the launch path, that is of its portfolio. Give either this or PathId.',
  PlanId: 'Id of the plan (plan-...).',
  PlanName: 'Name of the plan.',
  PlanType: 'Kind of plan.',
  PortfolioDetail: 'The portfolio.',
  PortfolioDetails: 'The portfolios.',
  PortfolioId: 'Id of the portfolio (port-...).',
  PortfolioShareToken:
    'Token by which DescribePortfolioShareStatus finds the share. Only shares with a node of the organization have one.',
  PortfolioShareType: 'How the portfolio is shared: through the organization, or from account to account (imported).',
  PrincipalARN: 'ARN of the user, group or role. A pattern has no account id and may hold the wildcards * and ?.',
  PrincipalType: 'Whether the ARN is that of one principal or a pattern of names.',
  ProductId: 'Id of the product (prod-...).',
  ProductName: 'Name of the product. Give either this or ProductId.',
  ProductViewDetail: 'The product with its status.',
  ProductViewSummary: 'The product, in short.',
  ProviderName: 'Person or organization that provides the portfolio.',
  ProvisionedProductId: 'Id of the provisioned product (pp-...).',
  ProvisionedProductName: 'Name of the provisioned product, unique in the account.',
  ProvisionedProductType: 'What the provisioned product is made of, such as CFN_STACK or EXTERNAL.',
  ProvisioningArtifactDetail: 'The version.',
  ProvisioningArtifactId: 'Id of the version (pa-...).',
  ProvisioningArtifactName: 'Name of the version. Give either this or ProvisioningArtifactId.',
  ProvisioningArtifactParameters: 'The parameters of the version.',
  ProvisioningArtifacts: 'The versions of the product.',
  RecordDetail: 'The record of the request, to follow with DescribeRecord.',
  RecordId: 'Id of the record (rec-...).',
  RemoveTags: 'Keys of the tags to remove.',
  ResourceId: 'Id of the portfolio (port-...) or product (prod-...).',
  ServiceActionDetail: 'The service action with its definition.',
  ServiceActionId: 'Id of the service action (act-...).',
  ServiceActionSummaries: 'The service actions.',
  SharePrincipals: 'Whether the name patterns of principals are shared along with the portfolio.',
  ShareTagOptions: 'Whether TagOptions are shared along with the portfolio and its products.',
  SortOrder: 'Direction to sort in.',
  SourceConnection: 'Repository that the versions of the product are taken from.',
  SourcePortfolioId: 'Id of the portfolio that the product comes from, where it was shared with you.',
  StackSetAccounts: 'Accounts to deploy to, among those of the STACKSET constraint. All of them when absent.',
  StackSetFailureToleranceCount:
    'In how many accounts of a region a deployment may fail before it stops there. Give this or the percentage, not both.',
  StackSetFailureTolerancePercentage:
    'In what share of the accounts of a region a deployment may fail before it stops there. Give this or the count, not both.',
  StackSetMaxConcurrencyCount:
    'In how many accounts to deploy at a time, at most one more than may fail. Give this or the percentage, not both.',
  StackSetMaxConcurrencyPercentage:
    'In what share of the accounts to deploy at a time. Give this or the count, not both.',
  StackSetRegions: 'Regions to deploy to, among those of the STACKSET constraint. All of them when absent.',
  StatusMessage: 'More about the status, such as why it failed.',
  SupportDescription: 'How requesters get help with the product.',
  SupportEmail: 'Mail address for help with the product.',
  SupportUrl: 'Web page for help with the product.',
  TagOptionDetail: 'The TagOption.',
  TagOptionDetails: 'The TagOptions.',
  TagOptionId: 'Id of the TagOption (tag-...).',
  Tags: 'Tags, each a key and a value.',
  UpdatedTime: 'When it last changed.',
  WorkflowToken: 'Token that the engine received with the work it reports on.',
}

/** Members by shape and name, where the name alone does not tell what they are. */
export const members: Readonly<Record<string, string>> = {
  'AccessLevelFilter.Key': 'Access level: the whole account, the role you act as, or yourself.',
  'AccessLevelFilter.Value': 'Whom the level refers to; only self is taken.',

  'BatchAssociateServiceActionWithProvisioningArtifactInput.ServiceActionAssociations':
    'The pairs of service action and version to associate, 1 to 50.',
  'BatchDisassociateServiceActionFromProvisioningArtifactInput.ServiceActionAssociations':
    'The pairs of service action and version to separate, 1 to 50.',

  'CloudWatchDashboard.Name': 'Name of the CloudWatch dashboard.',

  'CodeStarParameters.ArtifactPath': 'Path of the template inside the repository.',
  'CodeStarParameters.Branch': 'Branch to take the template from.',
  'CodeStarParameters.ConnectionArn': 'ARN of the connection to the provider of the repository.',
  'CodeStarParameters.Repository': 'Repository that holds the template, such as owner/name.',

  'ConstraintDetail.ConstraintId': 'Id of the constraint (cons-...).',
  'ConstraintDetail.Description': 'What the constraint is for.',
  'ConstraintDetail.Owner': 'Account that owns the constraint.',
  'ConstraintDetail.Type': 'Type of the constraint, such as LAUNCH or TEMPLATE.',

  'ConstraintSummary.Description': 'What the constraint is for.',
  'ConstraintSummary.Type': 'Type of the constraint, such as LAUNCH or TEMPLATE.',

  'CopyProductInput.CopyOptions': 'What to copy besides the product and its versions.',
  'CopyProductInput.SourceProductArn': 'ARN of the product to copy.',
  'CopyProductInput.SourceProvisioningArtifactIdentifiers':
    'Versions to copy, each as Id and its value. All of them when absent.',
  'CopyProductInput.TargetProductId': 'Id of a product to copy into. A new product is made when absent.',
  'CopyProductInput.TargetProductName': 'Name of the new product. That of the source when absent.',

  'CreateConstraintInput.Description': 'What the constraint is for.',
  'CreateConstraintInput.Parameters':
    'What the constraint says, as JSON text in the form of its type. LAUNCH takes RoleArn or LocalRoleName; NOTIFICATION takes NotificationArns; TEMPLATE takes Rules; RESOURCE_UPDATE and STACKSET take Version and Properties.',
  'CreateConstraintInput.Type':
    'LAUNCH, NOTIFICATION, RESOURCE_UPDATE, STACKSET or TEMPLATE. A product in a portfolio has at most one LAUNCH or one STACKSET constraint, not both.',
  'CreateConstraintOutput.Status': 'Whether the constraint is ready.',

  'CreatePortfolioInput.Description': 'What the portfolio is for.',
  'CreatePortfolioInput.Tags': 'Tags of the portfolio, each a key and a value.',

  'CreateProductInput.Description': 'What the product is, as requesters read it.',
  'CreateProductInput.Name': 'Name of the product.',
  'CreateProductInput.ProductType': 'What the versions of the product are, and so which engine provisions them.',
  'CreateProductInput.ProvisioningArtifactParameters': 'The first version of the product.',
  'CreateProductInput.Tags': 'Tags of the product, each a key and a value.',

  'CreateProvisionedProductPlanInput.PlanName': 'Name to give the plan.',
  'CreateProvisionedProductPlanInput.ProvisionedProductName':
    'Name of the provisioned product to plan for, a new one or one that exists.',
  'CreateProvisionedProductPlanInput.ProvisioningParameters': 'Values for the parameters of the version.',
  'CreateProvisionedProductPlanInput.Tags': 'Tags that the provisioned product shall have.',
  'CreateProvisionedProductPlanOutput.ProvisionProductId': 'Id of the provisioned product the plan is for (pp-...).',

  'CreateProvisioningArtifactInput.Parameters': 'The new version: its name, type and where its template is.',
  'CreateProvisioningArtifactOutput.Info': 'Where the template of the version is.',
  'CreateProvisioningArtifactOutput.Status': 'Whether the version is ready.',

  'CreateServiceActionInput.Definition':
    'What the action runs: Name and Version of the document, AssumeRole and Parameters. AssumeRole is a role ARN or LAUNCH_ROLE; without it the action runs with the rights of the caller. Parameters is JSON text, a list of Name and Type (TARGET or TEXT_VALUE).',
  'CreateServiceActionInput.DefinitionType': 'Kind of definition.',
  'CreateServiceActionInput.Description': 'What the action does, as requesters read it.',
  'CreateServiceActionInput.Name': 'Name of the action: letters, digits, underscores, hyphens and dots.',

  'CreateTagOptionInput.Key': 'Key of the tag.',
  'CreateTagOptionInput.Value': 'Value of the tag; a key with several values takes several TagOptions.',

  'DeleteConstraintInput.Id': 'Id of the constraint to delete (cons-...).',
  'DeletePortfolioInput.Id': 'Id of the portfolio to delete (port-...).',
  'DeleteProductInput.Id': 'Id of the product to delete (prod-...).',
  'DeleteProvisionedProductPlanInput.IgnoreErrors':
    'Delete the plan even when what lies beneath it, such as its change set, cannot be deleted.',
  'DeleteServiceActionInput.Id': 'Id of the service action to delete (act-...).',
  'DeleteTagOptionInput.Id': 'Id of the TagOption to delete (tag-...).',

  'DescribeConstraintInput.Id': 'Id of the constraint (cons-...).',
  'DescribeConstraintOutput.Status': 'Whether the constraint is ready.',
  'DescribeCopyProductStatusOutput.CopyProductStatus': 'Whether the copy goes on, succeeded or failed.',
  'DescribeCopyProductStatusOutput.StatusDetail': 'More about the status of the copy.',
  'DescribeCopyProductStatusOutput.TargetProductId': 'Id of the product that was copied into (prod-...).',
  'DescribePortfolioInput.Id': 'Id of the portfolio (port-...).',
  'DescribePortfolioOutput.TagOptions': 'TagOptions attached to the portfolio.',
  'DescribePortfolioShareStatusOutput.OrganizationNodeValue': 'Node of the organization that the share is for.',
  'DescribePortfolioShareStatusOutput.ShareDetails': 'Accounts in which sharing succeeded, and errors.',
  'DescribePortfolioShareStatusOutput.Status': 'How far the share has come.',
  'DescribePortfolioSharesInput.Type': 'Type of the shares to list.',
  'DescribePortfolioSharesOutput.PortfolioShareDetails': 'The shares.',
  'DescribeProductAsAdminInput.Id': 'Id of the product (prod-...). Give either this or Name.',
  'DescribeProductAsAdminInput.Name': 'Name of the product. Give either this or Id.',
  'DescribeProductAsAdminOutput.ProvisioningArtifactSummaries': 'The versions of the product.',
  'DescribeProductAsAdminOutput.TagOptions': 'TagOptions attached to the product.',
  'DescribeProductInput.Id': 'Id of the product (prod-...). Give either this or Name.',
  'DescribeProductInput.Name': 'Name of the product. Give either this or Id.',
  'DescribeProductOutput.LaunchPaths': 'Ways by which you may launch the product.',
  'DescribeProductViewInput.Id': 'Id of the view of the product (prodview-...).',
  'DescribeProvisionedProductInput.Id': 'Id of the provisioned product (pp-...). Give either this or Name.',
  'DescribeProvisionedProductInput.Name': 'Name of the provisioned product. Give either this or Id.',
  'DescribeProvisionedProductOutput.CloudWatchDashboards': 'CloudWatch dashboards of the provisioned product.',
  'DescribeProvisionedProductOutput.ProvisionedProductDetail': 'The provisioned product.',
  'DescribeProvisionedProductPlanOutput.ProvisionedProductPlanDetails': 'The plan.',
  'DescribeProvisionedProductPlanOutput.ResourceChanges': 'What executing the plan would change.',
  'DescribeProvisioningArtifactInput.IncludeProvisioningArtifactParameters':
    'Whether to show the parameters of the version too.',
  'DescribeProvisioningArtifactInput.Verbose': 'Whether to answer in more detail.',
  'DescribeProvisioningArtifactOutput.Info': 'Where the template of the version is.',
  'DescribeProvisioningArtifactOutput.Status': 'Whether the version is ready.',
  'DescribeProvisioningParametersOutput.ProvisioningArtifactOutputKeys':
    'Keys and descriptions of the outputs of the version.',
  'DescribeProvisioningParametersOutput.ProvisioningArtifactOutputs': 'Outputs of the version.',
  'DescribeProvisioningParametersOutput.ProvisioningArtifactPreferences':
    'Accounts and regions that a stack set may go to.',
  'DescribeProvisioningParametersOutput.TagOptions': 'Tags to choose from, each a key with its values.',
  'DescribeProvisioningParametersOutput.UsageInstructions': 'Further facts about the launch, such as its launch role.',
  'DescribeRecordInput.Id': 'Id of the record (rec-...).',
  'DescribeRecordOutput.RecordDetail': 'The record.',
  'DescribeRecordOutput.RecordOutputs': 'What came out of the request.',
  'DescribeServiceActionExecutionParametersOutput.ServiceActionParameters': 'The parameters of the action.',
  'DescribeServiceActionInput.Id': 'Id of the service action (act-...).',
  'DescribeTagOptionInput.Id': 'Id of the TagOption (tag-...).',

  'DisassociatePrincipalFromPortfolioInput.PrincipalARN':
    'ARN of the user, group or role, or the pattern, as it was associated.',
  'DisassociatePrincipalFromPortfolioInput.PrincipalType':
    'Whether the ARN is that of one principal or a pattern of names. One principal when absent.',

  'EngineWorkflowResourceIdentifier.UniqueTag': 'Tag that marks all resources the engine made for the product.',

  'ExecuteProvisionedProductServiceActionInput.ExecuteToken':
    'Token by which a repeated request is recognised and the action not run twice. A random one is sent when you give none.',
  'ExecuteProvisionedProductServiceActionInput.Parameters':
    'Values for the parameters of the action, a list for each name. What is given replaces the default; a TARGET parameter without a value gets the fitting resources of the product.',

  'ExecutionParameter.DefaultValues': 'Values that are used when you give none.',
  'ExecutionParameter.Name': 'Name of the parameter.',
  'ExecutionParameter.Type':
    'TARGET for a resource of the product, TEXT_VALUE for a text, or the type in the document.',

  'FailedServiceActionAssociation.ErrorCode': 'Kind of failure.',
  'FailedServiceActionAssociation.ErrorMessage': 'Why it failed.',

  'GetAWSOrganizationsAccessStatusOutput.AccessStatus':
    'Whether sharing through the organization is on, off or changing.',
  'GetProvisionedProductOutputsInput.OutputKeys': 'Keys of the outputs to show, at most 60. All of them when absent.',
  'GetProvisionedProductOutputsInput.ProvisionedProductId':
    'Id of the provisioned product (pp-...). Give either this or ProvisionedProductName.',
  'GetProvisionedProductOutputsInput.ProvisionedProductName':
    'Name of the provisioned product. Give either this or ProvisionedProductId.',
  'GetProvisionedProductOutputsOutput.Outputs': 'The outputs.',

  'ImportAsProvisionedProductInput.PhysicalId': 'What to take over, such as the ARN of a CloudFormation stack.',
  'ImportAsProvisionedProductInput.ProvisionedProductName':
    'Name to give the provisioned product, unique in the account.',
  'ImportAsProvisionedProductInput.ProvisioningArtifactId': 'Id of the version that describes the resources (pa-...).',

  'LastSync.LastSuccessfulSyncProvisioningArtifactId':
    'Id of the version that the last successful synchronisation made (pa-...).',
  'LastSync.LastSuccessfulSyncTime': 'When the repository was last read with success.',
  'LastSync.LastSyncStatus': 'Whether the last synchronisation succeeded.',
  'LastSync.LastSyncStatusMessage': 'More about the last synchronisation, such as why it failed.',
  'LastSync.LastSyncTime': 'When the repository was last read.',

  'LaunchPath.Id': 'Id of the launch path (lpv3-...).',
  'LaunchPath.Name': 'Name of the portfolio that the path leads through.',

  'LaunchPathSummary.Id': 'Id of the launch path (lpv3-...).',
  'LaunchPathSummary.Name': 'Name of the portfolio that the path leads through.',
  'LaunchPathSummary.Tags': 'Tags that a launch by this path sets.',

  'ListConstraintsForPortfolioInput.ProductId': 'Show only the constraints of this product (prod-...).',
  'ListConstraintsForPortfolioOutput.ConstraintDetails': 'The constraints.',
  'ListLaunchPathsOutput.LaunchPathSummaries': 'The launch paths.',
  'ListOrganizationPortfolioAccessInput.OrganizationNodeType': 'Type of the nodes to list.',
  'ListOrganizationPortfolioAccessOutput.OrganizationNodes': 'The nodes that the portfolio is shared with.',
  'ListPortfolioAccessInput.OrganizationParentId':
    'Show only accounts that have the share through this node of the organization.',
  'ListPortfolioAccessOutput.AccountIds': 'The accounts that the portfolio is shared with.',
  'ListPrincipalsForPortfolioOutput.Principals': 'The principals.',
  'ListProvisionedProductPlansInput.AccessLevelFilter':
    'Whose plans to look at: those of the account, of your role or your own.',
  'ListProvisionedProductPlansInput.ProvisionProductId': 'Show only the plans of this provisioned product (pp-...).',
  'ListProvisionedProductPlansOutput.ProvisionedProductPlans': 'The plans.',
  'ListProvisioningArtifactsForServiceActionOutput.ProvisioningArtifactViews': 'The versions, each with its product.',
  'ListProvisioningArtifactsOutput.ProvisioningArtifactDetails': 'The versions.',
  'ListRecordHistoryInput.AccessLevelFilter':
    'Whose records to look at: those of the account, of your role or your own.',
  'ListRecordHistoryInput.SearchFilter': 'Show only records about this product or provisioned product.',
  'ListRecordHistoryOutput.RecordDetails': 'The records.',
  'ListRecordHistorySearchFilter.Key': 'What to look for: product or provisionedproduct.',
  'ListRecordHistorySearchFilter.Value': 'Id of the product (prod-...) or provisioned product (pp-...).',
  'ListResourcesForTagOptionInput.ResourceType': 'Show only Portfolio or only Product. Both when absent.',
  'ListResourcesForTagOptionOutput.PageToken': 'Token for the next page, to give as PageToken; absent on the last.',
  'ListResourcesForTagOptionOutput.ResourceDetails': 'The portfolios and products.',
  'ListStackInstancesForProvisionedProductOutput.StackInstances': 'The stacks.',
  'ListTagOptionsFilters.Active': 'Show only active TagOptions, or only inactive ones.',
  'ListTagOptionsFilters.Key': 'Show only TagOptions with this key.',
  'ListTagOptionsFilters.Value': 'Show only TagOptions with this value.',
  'ListTagOptionsInput.Filters': 'Which TagOptions to show. All of them when absent.',
  'ListTagOptionsOutput.PageToken': 'Token for the next page, to give as PageToken; absent on the last.',

  'NotifyProvisionProductEngineWorkflowResultInput.Outputs':
    'What the engine has to show: addresses, names and the like.',
  'NotifyProvisionProductEngineWorkflowResultInput.RecordId': 'Id of the record of the launch (rec-...).',
  'NotifyProvisionProductEngineWorkflowResultInput.ResourceIdentifier':
    'How to find the resources that the engine made.',
  'NotifyProvisionProductEngineWorkflowResultInput.Status': 'Whether provisioning succeeded.',
  'NotifyTerminateProvisionedProductEngineWorkflowResultInput.RecordId':
    'Id of the record of the termination (rec-...).',
  'NotifyTerminateProvisionedProductEngineWorkflowResultInput.Status': 'Whether terminating succeeded.',
  'NotifyUpdateProvisionedProductEngineWorkflowResultInput.Outputs': 'What the engine has to show after the update.',
  'NotifyUpdateProvisionedProductEngineWorkflowResultInput.RecordId': 'Id of the record of the update (rec-...).',
  'NotifyUpdateProvisionedProductEngineWorkflowResultInput.Status': 'Whether updating succeeded.',

  'OrganizationNode.Type': 'Whether the node is the organization, a unit of it or an account.',
  'OrganizationNode.Value': 'Id of the node (o-..., ou-...), or the 12 digits of an account.',

  'ParameterConstraints.AllowedPattern': 'Regular expression that a value must match.',
  'ParameterConstraints.AllowedValues': 'The values that are allowed.',
  'ParameterConstraints.ConstraintDescription': 'What to tell a requester whose value is refused.',
  'ParameterConstraints.MaxLength': 'Greatest length of a text, in characters.',
  'ParameterConstraints.MaxValue': 'Greatest number allowed.',
  'ParameterConstraints.MinLength': 'Smallest length of a text, in characters.',
  'ParameterConstraints.MinValue': 'Smallest number allowed.',

  'PortfolioDetail.ARN': 'ARN of the portfolio.',
  'PortfolioDetail.Description': 'What the portfolio is for.',
  'PortfolioDetail.Id': 'Id of the portfolio (port-...).',

  'PortfolioShareDetail.Accepted': 'Whether the receiver accepted the share.',
  'PortfolioShareDetail.PrincipalId': 'The account or node of the organization that receives the share.',
  'PortfolioShareDetail.Type': 'Type of the share.',

  'ProductViewAggregationValue.ApproximateCount': 'About how many products have this value.',
  'ProductViewAggregationValue.Value': 'Value that products have in common.',

  'ProductViewDetail.ProductARN': 'ARN of the product.',
  'ProductViewDetail.Status': 'Whether the product is ready.',

  'ProductViewSummary.HasDefaultPath': 'Whether the product can be launched without naming a path.',
  'ProductViewSummary.Id': 'Id of the view of the product (prodview-...).',
  'ProductViewSummary.Name': 'Name of the product.',
  'ProductViewSummary.ShortDescription': 'What the product is.',
  'ProductViewSummary.Type': 'What the versions of the product are, and so which engine provisions them.',

  'ProvisionProductInput.ProvisionToken':
    'Token by which a repeated request is recognised and the product not launched twice. A random one is sent when you give none.',
  'ProvisionProductInput.ProductId': 'Id of the product to launch (prod-...). Give either this or ProductName.',
  'ProvisionProductInput.ProvisionedProductName':
    'Name to give the provisioned product, unique in the account. It cannot be changed later.',
  'ProvisionProductInput.ProvisioningArtifactId':
    'Id of the version to launch (pa-...). Give either this or ProvisioningArtifactName.',
  'ProvisionProductInput.ProvisioningParameters':
    'Values for the parameters of the version. DescribeProvisioningParameters tells which there are.',
  'ProvisionProductInput.ProvisioningPreferences':
    'Where and how fast a stack set is deployed. Only for products with a STACKSET constraint.',
  'ProvisionProductInput.Tags': 'Tags to set on the provisioned product, at most 50.',

  'ProvisionedProductAttribute.Arn': 'ARN of the provisioned product.',
  'ProvisionedProductAttribute.Id': 'Id of the provisioned product (pp-...).',
  'ProvisionedProductAttribute.IdempotencyToken': 'Token of the request that launched the product.',
  'ProvisionedProductAttribute.Name': 'Name of the provisioned product.',
  'ProvisionedProductAttribute.PhysicalId':
    'Id of the real thing behind the provisioned product, such as the ARN of its stack.',
  'ProvisionedProductAttribute.ProductName': 'Name of the product.',
  'ProvisionedProductAttribute.ProvisioningArtifactName': 'Name of the version.',
  'ProvisionedProductAttribute.Status': 'Whether it is usable, being changed or broken.',
  'ProvisionedProductAttribute.Type': 'What the provisioned product is made of, such as CFN_STACK or EXTERNAL.',
  'ProvisionedProductAttribute.UserArn': 'ARN of who launched it.',
  'ProvisionedProductAttribute.UserArnSession':
    'ARN of the session that launched it, where a role was assumed; else of the user.',

  'ProvisionedProductDetail.Arn': 'ARN of the provisioned product.',
  'ProvisionedProductDetail.Id': 'Id of the provisioned product (pp-...).',
  'ProvisionedProductDetail.IdempotencyToken': 'Token of the request that launched the product.',
  'ProvisionedProductDetail.Name': 'Name of the provisioned product.',
  'ProvisionedProductDetail.Status': 'Whether it is usable, being changed or broken.',
  'ProvisionedProductDetail.Type': 'What the provisioned product is made of, such as CFN_STACK or EXTERNAL.',

  'ProvisionedProductPlanDetails.PathId': 'Id of the launch path that the plan uses (lpv3-...).',
  'ProvisionedProductPlanDetails.ProvisionProductId': 'Id of the provisioned product the plan is for (pp-...).',
  'ProvisionedProductPlanDetails.ProvisionProductName': 'Name of the provisioned product the plan is for.',
  'ProvisionedProductPlanDetails.ProvisioningParameters': 'Values for the parameters of the version.',
  'ProvisionedProductPlanDetails.Status': 'Whether the plan is being made, ready, being executed, done or failed.',

  'ProvisionedProductPlanSummary.ProvisionProductId': 'Id of the provisioned product the plan is for (pp-...).',
  'ProvisionedProductPlanSummary.ProvisionProductName': 'Name of the provisioned product the plan is for.',

  'ProvisioningArtifact.Description': 'What is in the version.',
  'ProvisioningArtifact.Guidance': 'Whether requesters are advised against the version.',
  'ProvisioningArtifact.Id': 'Id of the version (pa-...).',
  'ProvisioningArtifact.Name': 'Name of the version.',

  'ProvisioningArtifactDetail.Active': 'Whether requesters can launch the version.',
  'ProvisioningArtifactDetail.Description': 'What is in the version.',
  'ProvisioningArtifactDetail.Guidance': 'Whether requesters are advised against the version.',
  'ProvisioningArtifactDetail.Id': 'Id of the version (pa-...).',
  'ProvisioningArtifactDetail.Name': 'Name of the version.',
  'ProvisioningArtifactDetail.SourceRevision': 'Revision in the repository that the version was taken from.',
  'ProvisioningArtifactDetail.Type': 'What the version is, and so which engine provisions it.',

  'ProvisioningArtifactOutput.Description': 'What the output is.',
  'ProvisioningArtifactOutput.Key': 'Key of the output.',

  'ProvisioningArtifactParameter.DefaultValue': 'Value that is used when you give none.',
  'ProvisioningArtifactParameter.Description': 'What the parameter is for.',
  'ProvisioningArtifactParameter.IsNoEcho': 'Whether the value is a secret that is never shown.',
  'ProvisioningArtifactParameter.ParameterConstraints': 'What a value must obey.',
  'ProvisioningArtifactParameter.ParameterKey': 'Name of the parameter.',
  'ProvisioningArtifactParameter.ParameterType': 'Type of the value.',

  'ProvisioningArtifactPreferences.StackSetAccounts': 'Accounts that the STACKSET constraint allows.',
  'ProvisioningArtifactPreferences.StackSetRegions': 'Regions that the STACKSET constraint allows.',

  'ProvisioningArtifactProperties.Description': 'What is in the version, such as what changed since the one before.',
  'ProvisioningArtifactProperties.DisableTemplateValidation': 'Whether to accept the template unchecked.',
  'ProvisioningArtifactProperties.Info':
    'Where the template is: LoadTemplateFromURL with an address, or ImportFromPhysicalId with the ARN of a stack.',
  'ProvisioningArtifactProperties.Name': 'Name of the version, such as v1.',
  'ProvisioningArtifactProperties.Type': 'What the version is; it has to fit the type of the product.',

  'ProvisioningArtifactSummary.Description': 'What is in the version.',
  'ProvisioningArtifactSummary.Id': 'Id of the version (pa-...).',
  'ProvisioningArtifactSummary.Name': 'Name of the version.',
  'ProvisioningArtifactSummary.ProvisioningArtifactMetadata': 'Further facts about the version, by name.',

  'ProvisioningArtifactView.ProvisioningArtifact': 'The version.',

  'ProvisioningParameter.Key': 'Name of the parameter.',
  'ProvisioningParameter.Value': 'Value for the parameter.',

  'RecordDetail.PathId': 'Id of the launch path that was used (lpv3-...).',
  'RecordDetail.RecordErrors': 'What went wrong.',
  'RecordDetail.RecordTags': 'Tags that were set.',
  'RecordDetail.RecordType': 'What was requested, such as PROVISION_PRODUCT.',
  'RecordDetail.Status': 'How the request stands.',

  'RecordError.Code': 'Code of the error.',
  'RecordError.Description': 'What went wrong.',

  'RecordOutput.Description': 'What the output is.',
  'RecordOutput.OutputKey': 'Key of the output.',
  'RecordOutput.OutputValue': 'Value of the output.',

  'RecordTag.Key': 'Key of the tag.',
  'RecordTag.Value': 'Value of the tag.',

  'ResourceChange.Action': 'Whether the resource is added, modified or removed.',
  'ResourceChange.Details': 'The single changes to a resource that is modified.',
  'ResourceChange.LogicalResourceId': 'Name of the resource in the template.',
  'ResourceChange.PhysicalResourceId': 'Id of the resource itself, where it exists.',
  'ResourceChange.Replacement': 'Whether the change puts a new resource in place of the old.',
  'ResourceChange.ResourceType': 'Type of the resource, such as AWS::S3::Bucket.',
  'ResourceChange.Scope': 'Which parts of the resource change, such as PROPERTIES or TAGS.',

  'ResourceChangeDetail.CausingEntity': 'The parameter or resource that causes the change.',
  'ResourceChangeDetail.Evaluation': 'Whether the new value is known now or only when the plan is executed.',
  'ResourceChangeDetail.Target': 'The part of the resource that changes.',

  'ResourceDetail.ARN': 'ARN of the portfolio or product.',
  'ResourceDetail.Description': 'What the portfolio or product is.',
  'ResourceDetail.Id': 'Id of the portfolio (port-...) or product (prod-...).',
  'ResourceDetail.Name': 'Name of the portfolio or product.',

  'ResourceTargetDefinition.Attribute': 'Kind of part that changes.',
  'ResourceTargetDefinition.Name': 'Name of the property that changes.',
  'ResourceTargetDefinition.RequiresRecreation': 'Whether the change makes the resource anew.',

  'ScanProvisionedProductsOutput.ProvisionedProducts': 'The provisioned products.',

  'SearchProductsAsAdminInput.Filters':
    'What to search for: FullTextSearch, Owner, ProductType or SourceProductId, with values.',
  'SearchProductsAsAdminInput.PortfolioId': 'Search only in this portfolio (port-...).',
  'SearchProductsAsAdminInput.ProductSource': 'Search only products of this origin.',
  'SearchProductsAsAdminInput.SortBy': 'Field to sort by. Not sorted when absent.',
  'SearchProductsAsAdminOutput.ProductViewDetails': 'The products with their status.',
  'SearchProductsInput.Filters':
    'What to search for: FullTextSearch, Owner, ProductType or SourceProductId, with values.',
  'SearchProductsInput.SortBy': 'Field to sort by. Not sorted when absent.',
  'SearchProductsOutput.ProductViewAggregations': 'How many products there are of each kind.',
  'SearchProductsOutput.ProductViewSummaries': 'The products.',
  'SearchProvisionedProductsInput.Filters':
    'What to search for: SearchQuery with texts such as status:AVAILABLE. Fields are arn, createdTime, id, idempotencyToken, lastRecordId, name, physicalId, productId, productName, provisioningArtifactId, status, tags, type, userArn and userArnSession among others.',
  'SearchProvisionedProductsInput.PageSize': 'Largest number of items in one answer, at most 100.',
  'SearchProvisionedProductsInput.SortBy': 'Field to sort by: arn, createdTime, id, lastRecordId or name.',
  'SearchProvisionedProductsOutput.ProvisionedProducts': 'The provisioned products.',
  'SearchProvisionedProductsOutput.TotalResultsCount': 'How many were found on all pages together.',

  'ServiceActionDetail.Definition': 'What the action runs: the document, its version, the role and the parameters.',
  'ServiceActionDetail.ServiceActionSummary': 'The service action, in short.',

  'ServiceActionSummary.DefinitionType': 'Kind of definition.',
  'ServiceActionSummary.Description': 'What the action does.',
  'ServiceActionSummary.Id': 'Id of the service action (act-...).',
  'ServiceActionSummary.Name': 'Name of the action.',

  'ShareDetails.ShareErrors': 'What went wrong, with the accounts concerned.',
  'ShareDetails.SuccessfulShares': 'Accounts that have the share now.',
  'ShareError.Accounts': 'Accounts in which sharing failed.',
  'ShareError.Error': 'Code of the error.',
  'ShareError.Message': 'What went wrong.',

  'SourceConnection.ConnectionParameters': 'Where the repository is, by the type of the connection.',
  'SourceConnection.Type': 'Kind of connection to the repository.',
  'SourceConnectionDetail.ConnectionParameters': 'Where the repository is, by the type of the connection.',
  'SourceConnectionDetail.LastSync': 'How reading the repository went last.',
  'SourceConnectionDetail.Type': 'Kind of connection to the repository.',
  'SourceConnectionParameters.CodeStar': 'Connection, repository, branch and path of the template.',

  'StackInstance.Account': 'Account that the stack is in.',
  'StackInstance.Region': 'Region that the stack is in.',
  'StackInstance.StackInstanceStatus': 'Whether the stack is as the stack set says.',

  'Tag.Key': 'Key of the tag.',
  'Tag.Value': 'Value of the tag.',

  'TagOptionDetail.Active': 'Whether the TagOption is in use.',
  'TagOptionDetail.Id': 'Id of the TagOption (tag-...).',
  'TagOptionDetail.Key': 'Key of the tag.',
  'TagOptionDetail.Owner': 'Account that owns the TagOption.',
  'TagOptionDetail.Value': 'Value of the tag.',
  'TagOptionSummary.Key': 'Key of the tag.',
  'TagOptionSummary.Values': 'Values to choose from.',

  'TerminateProvisionedProductInput.IgnoreErrors':
    'Stop managing the product even when its resources cannot be deleted. What could not be deleted stays behind.',
  'TerminateProvisionedProductInput.ProvisionedProductId':
    'Id of the provisioned product to terminate (pp-...). Give either this or ProvisionedProductName.',
  'TerminateProvisionedProductInput.ProvisionedProductName':
    'Name or ARN of the provisioned product to terminate. Give either this or ProvisionedProductId.',
  'TerminateProvisionedProductInput.RetainPhysicalResources':
    'Stop managing the product and leave its resources in place. For products made of CloudFormation stacks.',
  'TerminateProvisionedProductInput.TerminateToken':
    'Token by which a request repeated while the termination runs is recognised. A random one is sent when you give none.',

  'UniqueTagResourceIdentifier.Key': 'Key of the tag that marks the resources.',
  'UniqueTagResourceIdentifier.Value': 'Value of the tag that marks the resources.',

  'UpdateConstraintInput.Description': 'New text on what the constraint is for.',
  'UpdateConstraintInput.Id': 'Id of the constraint to change (cons-...).',
  'UpdateConstraintInput.Parameters': 'What the constraint says from now on, as JSON text in the form of its type.',
  'UpdateConstraintOutput.Status': 'Whether the change is ready.',

  'UpdatePortfolioInput.Description': 'New text on what the portfolio is for.',
  'UpdatePortfolioInput.DisplayName': 'New name of the portfolio.',
  'UpdatePortfolioInput.Id': 'Id of the portfolio to change (port-...).',
  'UpdatePortfolioInput.ProviderName': 'New name of the provider.',
  'UpdatePortfolioShareInput.SharePrincipals':
    'Whether the name patterns of principals are shared from now on. As it was when absent.',
  'UpdatePortfolioShareInput.ShareTagOptions': 'Whether TagOptions are shared from now on. As it was when absent.',
  'UpdatePortfolioShareOutput.Status': 'How far the change has come.',

  'UpdateProductInput.Description': 'New text on what the product is.',
  'UpdateProductInput.Distributor': 'New distributor of the product.',
  'UpdateProductInput.Id': 'Id of the product to change (prod-...).',
  'UpdateProductInput.Name': 'New name of the product.',
  'UpdateProductInput.Owner': 'New owner of the product.',
  'UpdateProductInput.SourceConnection': 'New repository, branch or path to take versions from.',
  'UpdateProductInput.SupportDescription': 'New text on how requesters get help.',
  'UpdateProductInput.SupportEmail': 'New mail address for help.',
  'UpdateProductInput.SupportUrl': 'New web page for help.',

  'UpdateProvisionedProductInput.ProductId': 'Id of the product (prod-...). Give either this or ProductName.',
  'UpdateProvisionedProductInput.ProvisionedProductId':
    'Id of the provisioned product to update (pp-...). Give either this or ProvisionedProductName.',
  'UpdateProvisionedProductInput.ProvisionedProductName':
    'Name or ARN of the provisioned product to update. Give either this or ProvisionedProductId.',
  'UpdateProvisionedProductInput.ProvisioningArtifactId':
    'Id of the version to move to (pa-...). Give either this or ProvisioningArtifactName.',
  'UpdateProvisionedProductInput.ProvisioningParameters':
    'New values for the parameters, or a wish to keep the old ones.',
  'UpdateProvisionedProductInput.ProvisioningPreferences':
    'Where and how fast a stack set is updated. Only for products with a STACKSET constraint.',
  'UpdateProvisionedProductInput.Tags':
    'Tags that the provisioned product shall have. Taken only where a RESOURCE_UPDATE constraint allows it.',
  'UpdateProvisionedProductInput.UpdateToken':
    'Token by which a repeated request is recognised and the update not made twice. A random one is sent when you give none.',
  'UpdateProvisionedProductPropertiesInput.ProvisionedProductProperties':
    'New values by name: OWNER, the ARN of a user or role, or LAUNCH_ROLE, the ARN of a role. The launch role is used from then on to update, to terminate and to run service actions.',
  'UpdateProvisionedProductPropertiesOutput.ProvisionedProductProperties': 'The properties that were changed.',
  'UpdateProvisionedProductPropertiesOutput.Status': 'How the request stands.',

  'UpdateProvisioningArtifactInput.Active':
    'Whether requesters can see and launch the version. Products launched from it go on when it is inactive.',
  'UpdateProvisioningArtifactInput.Description': 'New text on what is in the version.',
  'UpdateProvisioningArtifactInput.Guidance':
    'Whether requesters are advised against the version. From a deprecated one nothing new is launched, but what is there can be updated.',
  'UpdateProvisioningArtifactInput.Name': 'New name of the version.',
  'UpdateProvisioningArtifactInput.ProvisioningArtifactId': 'Id of the version to change (pa-...).',
  'UpdateProvisioningArtifactOutput.Info': 'Where the template of the version is.',
  'UpdateProvisioningArtifactOutput.Status': 'Whether the version is ready.',

  'UpdateProvisioningParameter.Key': 'Name of the parameter.',
  'UpdateProvisioningParameter.UsePreviousValue': 'Whether to keep the value the parameter has, whatever Value says.',
  'UpdateProvisioningParameter.Value': 'New value for the parameter.',

  'UpdateProvisioningPreferences.StackSetOperationType':
    'Whether to add stacks, update all or delete some, in the given accounts and regions. Updates when absent.',

  'UpdateServiceActionInput.Definition':
    'New definition: Name and Version of the document, AssumeRole and Parameters, as for CreateServiceAction.',
  'UpdateServiceActionInput.Description': 'New text on what the action does.',
  'UpdateServiceActionInput.Id': 'Id of the service action to change (act-...).',
  'UpdateServiceActionInput.Name': 'New name of the action: letters, digits, underscores, hyphens and dots.',

  'UpdateTagOptionInput.Active': 'Whether the TagOption is in use.',
  'UpdateTagOptionInput.Id': 'Id of the TagOption to change (tag-...).',
  'UpdateTagOptionInput.Value': 'New value of the tag.',

  'UsageInstruction.Type': 'What the instruction is about, such as rules, version or launchAsRole.',
  'UsageInstruction.Value': 'What the instruction says.',
}
