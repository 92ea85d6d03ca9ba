import type { ServiceCatalogOperations } from '../../model/generated/servicecatalog.ts'
import { notSupportedYet } from '../not-supported-yet.ts'
import type { Operation, Services } from '../operation.ts'
import { acceptPortfolioShare } from './accept-portfolio-share.ts'
import { associatePrincipalWithPortfolio } from './associate-principal-with-portfolio.ts'
import { associateProductWithPortfolio } from './associate-product-with-portfolio.ts'
import { associateServiceActionWithProvisioningArtifact } from './associate-service-action-with-provisioning-artifact.ts'
import { createConstraint } from './create-constraint.ts'
import { createPortfolio } from './create-portfolio.ts'
import { createPortfolioShare } from './create-portfolio-share.ts'
import { createProduct } from './create-product.ts'
import { createProvisioningArtifact } from './create-provisioning-artifact.ts'
import { createServiceAction } from './create-service-action.ts'
import { deletePortfolioShare } from './delete-portfolio-share.ts'
import { deleteServiceAction } from './delete-service-action.ts'
import { describeConstraint } from './describe-constraint.ts'
import { describePortfolio } from './describe-portfolio.ts'
import { describePortfolioShareStatus } from './describe-portfolio-share-status.ts'
import { describePortfolioShares } from './describe-portfolio-shares.ts'
import { describeProduct } from './describe-product.ts'
import { describeProductAsAdmin } from './describe-product-as-admin.ts'
import { describeProvisionedProduct } from './describe-provisioned-product.ts'
import { describeProvisioningArtifact } from './describe-provisioning-artifact.ts'
import { describeProvisioningParameters } from './describe-provisioning-parameters.ts'
import { describeRecord } from './describe-record.ts'
import { describeServiceAction } from './describe-service-action.ts'
import { describeServiceActionExecutionParameters } from './describe-service-action-execution-parameters.ts'
import { disableAWSOrganizationsAccess } from './disable-aws-organizations-access.ts'
import { disassociateServiceActionFromProvisioningArtifact } from './disassociate-service-action-from-provisioning-artifact.ts'
import { enableAWSOrganizationsAccess } from './enable-aws-organizations-access.ts'
import { executeProvisionedProductServiceAction } from './execute-provisioned-product-service-action.ts'
import { getAWSOrganizationsAccessStatus } from './get-aws-organizations-access-status.ts'
import { listAcceptedPortfolioShares } from './list-accepted-portfolio-shares.ts'
import { listLaunchPaths } from './list-launch-paths.ts'
import { listOrganizationPortfolioAccess } from './list-organization-portfolio-access.ts'
import { listPortfolioAccess } from './list-portfolio-access.ts'
import { listPortfolios } from './list-portfolios.ts'
import { listProvisioningArtifacts } from './list-provisioning-artifacts.ts'
import { listProvisioningArtifactsForServiceAction } from './list-provisioning-artifacts-for-service-action.ts'
import { listRecordHistory } from './list-record-history.ts'
import { listServiceActions } from './list-service-actions.ts'
import { listServiceActionsForProvisioningArtifact } from './list-service-actions-for-provisioning-artifact.ts'
import { notifyProvisionProductEngineWorkflowResult } from './notify-provision-product-engine-workflow-result.ts'
import { notifyTerminateProvisionedProductEngineWorkflowResult } from './notify-terminate-provisioned-product-engine-workflow-result.ts'
import { notifyUpdateProvisionedProductEngineWorkflowResult } from './notify-update-provisioned-product-engine-workflow-result.ts'
import { provisionProduct } from './provision-product.ts'
import { rejectPortfolioShare } from './reject-portfolio-share.ts'
import { scanProvisionedProducts } from './scan-provisioned-products.ts'
import { searchProducts } from './search-products.ts'
import { searchProvisionedProducts } from './search-provisioned-products.ts'
import { terminateProvisionedProduct } from './terminate-provisioned-product.ts'
import { updatePortfolioShare } from './update-portfolio-share.ts'
import { updateProvisionedProduct } from './update-provisioned-product.ts'
import { updateProvisionedProductProperties } from './update-provisioned-product-properties.ts'
import { updateServiceAction } from './update-service-action.ts'

/** Every operation of the service's model; a row that is missing does not compile. */
export const servicecatalog = {
  AcceptPortfolioShare: acceptPortfolioShare,
  AssociateBudgetWithResource: notSupportedYet('AssociateBudgetWithResource'),
  AssociatePrincipalWithPortfolio: associatePrincipalWithPortfolio,
  AssociateProductWithPortfolio: associateProductWithPortfolio,
  AssociateServiceActionWithProvisioningArtifact: associateServiceActionWithProvisioningArtifact,
  AssociateTagOptionWithResource: notSupportedYet('AssociateTagOptionWithResource'),
  BatchAssociateServiceActionWithProvisioningArtifact: notSupportedYet(
    'BatchAssociateServiceActionWithProvisioningArtifact',
  ),
  BatchDisassociateServiceActionFromProvisioningArtifact: notSupportedYet(
    'BatchDisassociateServiceActionFromProvisioningArtifact',
  ),
  CopyProduct: notSupportedYet('CopyProduct'),
  CreateConstraint: createConstraint,
  CreatePortfolio: createPortfolio,
  CreatePortfolioShare: createPortfolioShare,
  CreateProduct: createProduct,
  CreateProvisionedProductPlan: notSupportedYet('CreateProvisionedProductPlan'),
  CreateProvisioningArtifact: createProvisioningArtifact,
  CreateServiceAction: createServiceAction,
  CreateTagOption: notSupportedYet('CreateTagOption'),
  DeleteConstraint: notSupportedYet('DeleteConstraint'),
  DeletePortfolio: notSupportedYet('DeletePortfolio'),
  DeletePortfolioShare: deletePortfolioShare,
  DeleteProduct: notSupportedYet('DeleteProduct'),
  DeleteProvisionedProductPlan: notSupportedYet('DeleteProvisionedProductPlan'),
  DeleteProvisioningArtifact: notSupportedYet('DeleteProvisioningArtifact'),
  DeleteServiceAction: deleteServiceAction,
  DeleteTagOption: notSupportedYet('DeleteTagOption'),
  DescribeConstraint: describeConstraint,
  DescribeCopyProductStatus: notSupportedYet('DescribeCopyProductStatus'),
  DescribePortfolio: describePortfolio,
  DescribePortfolioShareStatus: describePortfolioShareStatus,
  DescribePortfolioShares: describePortfolioShares,
  DescribeProduct: describeProduct,
  DescribeProductAsAdmin: describeProductAsAdmin,
  DescribeProductView: notSupportedYet('DescribeProductView'),
  DescribeProvisionedProduct: describeProvisionedProduct,
  DescribeProvisionedProductPlan: notSupportedYet('DescribeProvisionedProductPlan'),
  DescribeProvisioningArtifact: describeProvisioningArtifact,
  DescribeProvisioningParameters: describeProvisioningParameters,
  DescribeRecord: describeRecord,
  DescribeServiceAction: describeServiceAction,
  DescribeServiceActionExecutionParameters: describeServiceActionExecutionParameters,
  DescribeTagOption: notSupportedYet('DescribeTagOption'),
  DisableAWSOrganizationsAccess: disableAWSOrganizationsAccess,
  DisassociateBudgetFromResource: notSupportedYet('DisassociateBudgetFromResource'),
  DisassociatePrincipalFromPortfolio: notSupportedYet('DisassociatePrincipalFromPortfolio'),
  DisassociateProductFromPortfolio: notSupportedYet('DisassociateProductFromPortfolio'),
  DisassociateServiceActionFromProvisioningArtifact: disassociateServiceActionFromProvisioningArtifact,
  DisassociateTagOptionFromResource: notSupportedYet('DisassociateTagOptionFromResource'),
  EnableAWSOrganizationsAccess: enableAWSOrganizationsAccess,
  ExecuteProvisionedProductPlan: notSupportedYet('ExecuteProvisionedProductPlan'),
  ExecuteProvisionedProductServiceAction: executeProvisionedProductServiceAction,
  GetAWSOrganizationsAccessStatus: getAWSOrganizationsAccessStatus,
  GetProvisionedProductOutputs: notSupportedYet('GetProvisionedProductOutputs'),
  ImportAsProvisionedProduct: notSupportedYet('ImportAsProvisionedProduct'),
  ListAcceptedPortfolioShares: listAcceptedPortfolioShares,
  ListBudgetsForResource: notSupportedYet('ListBudgetsForResource'),
  ListConstraintsForPortfolio: notSupportedYet('ListConstraintsForPortfolio'),
  ListLaunchPaths: listLaunchPaths,
  ListOrganizationPortfolioAccess: listOrganizationPortfolioAccess,
  ListPortfolioAccess: listPortfolioAccess,
  ListPortfolios: listPortfolios,
  ListPortfoliosForProduct: notSupportedYet('ListPortfoliosForProduct'),
  ListPrincipalsForPortfolio: notSupportedYet('ListPrincipalsForPortfolio'),
  ListProvisionedProductPlans: notSupportedYet('ListProvisionedProductPlans'),
  ListProvisioningArtifacts: listProvisioningArtifacts,
  ListProvisioningArtifactsForServiceAction: listProvisioningArtifactsForServiceAction,
  ListRecordHistory: listRecordHistory,
  ListResourcesForTagOption: notSupportedYet('ListResourcesForTagOption'),
  ListServiceActions: listServiceActions,
  ListServiceActionsForProvisioningArtifact: listServiceActionsForProvisioningArtifact,
  ListStackInstancesForProvisionedProduct: notSupportedYet('ListStackInstancesForProvisionedProduct'),
  ListTagOptions: notSupportedYet('ListTagOptions'),
  NotifyProvisionProductEngineWorkflowResult: notifyProvisionProductEngineWorkflowResult,
  NotifyTerminateProvisionedProductEngineWorkflowResult: notifyTerminateProvisionedProductEngineWorkflowResult,
  NotifyUpdateProvisionedProductEngineWorkflowResult: notifyUpdateProvisionedProductEngineWorkflowResult,
  ProvisionProduct: provisionProduct,
  RejectPortfolioShare: rejectPortfolioShare,
  ScanProvisionedProducts: scanProvisionedProducts,
  SearchProducts: searchProducts,
  SearchProductsAsAdmin: notSupportedYet('SearchProductsAsAdmin'),
  SearchProvisionedProducts: searchProvisionedProducts,
  TerminateProvisionedProduct: terminateProvisionedProduct,
  UpdateConstraint: notSupportedYet('UpdateConstraint'),
  UpdatePortfolio: notSupportedYet('UpdatePortfolio'),
  UpdatePortfolioShare: updatePortfolioShare,
  UpdateProduct: notSupportedYet('UpdateProduct'),
  UpdateProvisionedProduct: updateProvisionedProduct,
  UpdateProvisionedProductProperties: updateProvisionedProductProperties,
  UpdateProvisioningArtifact: notSupportedYet('UpdateProvisioningArtifact'),
  UpdateServiceAction: updateServiceAction,
  UpdateTagOption: notSupportedYet('UpdateTagOption'),
} satisfies {
  readonly [Name in keyof ServiceCatalogOperations]: Operation<ServiceCatalogOperations[Name], keyof Services>
}
