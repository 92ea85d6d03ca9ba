import type { ServiceCatalogOperations } from '../../model/generated/servicecatalog.ts'
import type { Operation, Services } from '../operation.ts'
import { acceptPortfolioShare } from './accept-portfolio-share.ts'
import { associateBudgetWithResource } from './associate-budget-with-resource.ts'
import { associatePrincipalWithPortfolio } from './associate-principal-with-portfolio.ts'
import { associateProductWithPortfolio } from './associate-product-with-portfolio.ts'
import { associateServiceActionWithProvisioningArtifact } from './associate-service-action-with-provisioning-artifact.ts'
import { associateTagOptionWithResource } from './associate-tag-option-with-resource.ts'
import { batchAssociateServiceActionWithProvisioningArtifact } from './batch-associate-service-action-with-provisioning-artifact.ts'
import { batchDisassociateServiceActionFromProvisioningArtifact } from './batch-disassociate-service-action-from-provisioning-artifact.ts'
import { copyProduct } from './copy-product.ts'
import { createConstraint } from './create-constraint.ts'
import { createPortfolio } from './create-portfolio.ts'
import { createPortfolioShare } from './create-portfolio-share.ts'
import { createProduct } from './create-product.ts'
import { createProvisionedProductPlan } from './create-provisioned-product-plan.ts'
import { createProvisioningArtifact } from './create-provisioning-artifact.ts'
import { createServiceAction } from './create-service-action.ts'
import { createTagOption } from './create-tag-option.ts'
import { deleteConstraint } from './delete-constraint.ts'
import { deletePortfolio } from './delete-portfolio.ts'
import { deletePortfolioShare } from './delete-portfolio-share.ts'
import { deleteProduct } from './delete-product.ts'
import { deleteProvisionedProductPlan } from './delete-provisioned-product-plan.ts'
import { deleteProvisioningArtifact } from './delete-provisioning-artifact.ts'
import { deleteServiceAction } from './delete-service-action.ts'
import { deleteTagOption } from './delete-tag-option.ts'
import { describeConstraint } from './describe-constraint.ts'
import { describeCopyProductStatus } from './describe-copy-product-status.ts'
import { describePortfolio } from './describe-portfolio.ts'
import { describePortfolioShareStatus } from './describe-portfolio-share-status.ts'
import { describePortfolioShares } from './describe-portfolio-shares.ts'
import { describeProduct } from './describe-product.ts'
import { describeProductAsAdmin } from './describe-product-as-admin.ts'
import { describeProductView } from './describe-product-view.ts'
import { describeProvisionedProduct } from './describe-provisioned-product.ts'
import { describeProvisionedProductPlan } from './describe-provisioned-product-plan.ts'
import { describeProvisioningArtifact } from './describe-provisioning-artifact.ts'
import { describeProvisioningParameters } from './describe-provisioning-parameters.ts'
import { describeRecord } from './describe-record.ts'
import { describeServiceAction } from './describe-service-action.ts'
import { describeServiceActionExecutionParameters } from './describe-service-action-execution-parameters.ts'
import { describeTagOption } from './describe-tag-option.ts'
import { disableAWSOrganizationsAccess } from './disable-aws-organizations-access.ts'
import { disassociateBudgetFromResource } from './disassociate-budget-from-resource.ts'
import { disassociatePrincipalFromPortfolio } from './disassociate-principal-from-portfolio.ts'
import { disassociateProductFromPortfolio } from './disassociate-product-from-portfolio.ts'
import { disassociateServiceActionFromProvisioningArtifact } from './disassociate-service-action-from-provisioning-artifact.ts'
import { disassociateTagOptionFromResource } from './disassociate-tag-option-from-resource.ts'
import { enableAWSOrganizationsAccess } from './enable-aws-organizations-access.ts'
import { executeProvisionedProductPlan } from './execute-provisioned-product-plan.ts'
import { executeProvisionedProductServiceAction } from './execute-provisioned-product-service-action.ts'
import { getAWSOrganizationsAccessStatus } from './get-aws-organizations-access-status.ts'
import { getProvisionedProductOutputs } from './get-provisioned-product-outputs.ts'
import { importAsProvisionedProduct } from './import-as-provisioned-product.ts'
import { listAcceptedPortfolioShares } from './list-accepted-portfolio-shares.ts'
import { listBudgetsForResource } from './list-budgets-for-resource.ts'
import { listConstraintsForPortfolio } from './list-constraints-for-portfolio.ts'
import { listLaunchPaths } from './list-launch-paths.ts'
import { listOrganizationPortfolioAccess } from './list-organization-portfolio-access.ts'
import { listPortfolioAccess } from './list-portfolio-access.ts'
import { listPortfolios } from './list-portfolios.ts'
import { listPortfoliosForProduct } from './list-portfolios-for-product.ts'
import { listPrincipalsForPortfolio } from './list-principals-for-portfolio.ts'
import { listProvisionedProductPlans } from './list-provisioned-product-plans.ts'
import { listProvisioningArtifacts } from './list-provisioning-artifacts.ts'
import { listProvisioningArtifactsForServiceAction } from './list-provisioning-artifacts-for-service-action.ts'
import { listRecordHistory } from './list-record-history.ts'
import { listResourcesForTagOption } from './list-resources-for-tag-option.ts'
import { listServiceActions } from './list-service-actions.ts'
import { listServiceActionsForProvisioningArtifact } from './list-service-actions-for-provisioning-artifact.ts'
import { listStackInstancesForProvisionedProduct } from './list-stack-instances-for-provisioned-product.ts'
import { listTagOptions } from './list-tag-options.ts'
import { notifyProvisionProductEngineWorkflowResult } from './notify-provision-product-engine-workflow-result.ts'
import { notifyTerminateProvisionedProductEngineWorkflowResult } from './notify-terminate-provisioned-product-engine-workflow-result.ts'
import { notifyUpdateProvisionedProductEngineWorkflowResult } from './notify-update-provisioned-product-engine-workflow-result.ts'
import { provisionProduct } from './provision-product.ts'
import { rejectPortfolioShare } from './reject-portfolio-share.ts'
import { scanProvisionedProducts } from './scan-provisioned-products.ts'
import { searchProducts } from './search-products.ts'
import { searchProductsAsAdmin } from './search-products-as-admin.ts'
import { searchProvisionedProducts } from './search-provisioned-products.ts'
import { terminateProvisionedProduct } from './terminate-provisioned-product.ts'
import { updateConstraint } from './update-constraint.ts'
import { updatePortfolio } from './update-portfolio.ts'
import { updatePortfolioShare } from './update-portfolio-share.ts'
import { updateProduct } from './update-product.ts'
import { updateProvisionedProduct } from './update-provisioned-product.ts'
import { updateProvisionedProductProperties } from './update-provisioned-product-properties.ts'
import { updateProvisioningArtifact } from './update-provisioning-artifact.ts'
import { updateServiceAction } from './update-service-action.ts'
import { updateTagOption } from './update-tag-option.ts'

/** Every operation of the service's model; a row that is missing does not compile. */
export const servicecatalog = {
  AcceptPortfolioShare: acceptPortfolioShare,
  AssociateBudgetWithResource: associateBudgetWithResource,
  AssociatePrincipalWithPortfolio: associatePrincipalWithPortfolio,
  AssociateProductWithPortfolio: associateProductWithPortfolio,
  AssociateServiceActionWithProvisioningArtifact: associateServiceActionWithProvisioningArtifact,
  AssociateTagOptionWithResource: associateTagOptionWithResource,
  BatchAssociateServiceActionWithProvisioningArtifact: batchAssociateServiceActionWithProvisioningArtifact,
  BatchDisassociateServiceActionFromProvisioningArtifact: batchDisassociateServiceActionFromProvisioningArtifact,
  CopyProduct: copyProduct,
  CreateConstraint: createConstraint,
  CreatePortfolio: createPortfolio,
  CreatePortfolioShare: createPortfolioShare,
  CreateProduct: createProduct,
  CreateProvisionedProductPlan: createProvisionedProductPlan,
  CreateProvisioningArtifact: createProvisioningArtifact,
  CreateServiceAction: createServiceAction,
  CreateTagOption: createTagOption,
  DeleteConstraint: deleteConstraint,
  DeletePortfolio: deletePortfolio,
  DeletePortfolioShare: deletePortfolioShare,
  DeleteProduct: deleteProduct,
  DeleteProvisionedProductPlan: deleteProvisionedProductPlan,
  DeleteProvisioningArtifact: deleteProvisioningArtifact,
  DeleteServiceAction: deleteServiceAction,
  DeleteTagOption: deleteTagOption,
  DescribeConstraint: describeConstraint,
  DescribeCopyProductStatus: describeCopyProductStatus,
  DescribePortfolio: describePortfolio,
  DescribePortfolioShareStatus: describePortfolioShareStatus,
  DescribePortfolioShares: describePortfolioShares,
  DescribeProduct: describeProduct,
  DescribeProductAsAdmin: describeProductAsAdmin,
  DescribeProductView: describeProductView,
  DescribeProvisionedProduct: describeProvisionedProduct,
  DescribeProvisionedProductPlan: describeProvisionedProductPlan,
  DescribeProvisioningArtifact: describeProvisioningArtifact,
  DescribeProvisioningParameters: describeProvisioningParameters,
  DescribeRecord: describeRecord,
  DescribeServiceAction: describeServiceAction,
  DescribeServiceActionExecutionParameters: describeServiceActionExecutionParameters,
  DescribeTagOption: describeTagOption,
  DisableAWSOrganizationsAccess: disableAWSOrganizationsAccess,
  DisassociateBudgetFromResource: disassociateBudgetFromResource,
  DisassociatePrincipalFromPortfolio: disassociatePrincipalFromPortfolio,
  DisassociateProductFromPortfolio: disassociateProductFromPortfolio,
  DisassociateServiceActionFromProvisioningArtifact: disassociateServiceActionFromProvisioningArtifact,
  DisassociateTagOptionFromResource: disassociateTagOptionFromResource,
  EnableAWSOrganizationsAccess: enableAWSOrganizationsAccess,
  ExecuteProvisionedProductPlan: executeProvisionedProductPlan,
  ExecuteProvisionedProductServiceAction: executeProvisionedProductServiceAction,
  GetAWSOrganizationsAccessStatus: getAWSOrganizationsAccessStatus,
  GetProvisionedProductOutputs: getProvisionedProductOutputs,
  ImportAsProvisionedProduct: importAsProvisionedProduct,
  ListAcceptedPortfolioShares: listAcceptedPortfolioShares,
  ListBudgetsForResource: listBudgetsForResource,
  ListConstraintsForPortfolio: listConstraintsForPortfolio,
  ListLaunchPaths: listLaunchPaths,
  ListOrganizationPortfolioAccess: listOrganizationPortfolioAccess,
  ListPortfolioAccess: listPortfolioAccess,
  ListPortfolios: listPortfolios,
  ListPortfoliosForProduct: listPortfoliosForProduct,
  ListPrincipalsForPortfolio: listPrincipalsForPortfolio,
  ListProvisionedProductPlans: listProvisionedProductPlans,
  ListProvisioningArtifacts: listProvisioningArtifacts,
  ListProvisioningArtifactsForServiceAction: listProvisioningArtifactsForServiceAction,
  ListRecordHistory: listRecordHistory,
  ListResourcesForTagOption: listResourcesForTagOption,
  ListServiceActions: listServiceActions,
  ListServiceActionsForProvisioningArtifact: listServiceActionsForProvisioningArtifact,
  ListStackInstancesForProvisionedProduct: listStackInstancesForProvisionedProduct,
  ListTagOptions: listTagOptions,
  NotifyProvisionProductEngineWorkflowResult: notifyProvisionProductEngineWorkflowResult,
  NotifyTerminateProvisionedProductEngineWorkflowResult: notifyTerminateProvisionedProductEngineWorkflowResult,
  NotifyUpdateProvisionedProductEngineWorkflowResult: notifyUpdateProvisionedProductEngineWorkflowResult,
  ProvisionProduct: provisionProduct,
  RejectPortfolioShare: rejectPortfolioShare,
  ScanProvisionedProducts: scanProvisionedProducts,
  SearchProducts: searchProducts,
  SearchProductsAsAdmin: searchProductsAsAdmin,
  SearchProvisionedProducts: searchProvisionedProducts,
  TerminateProvisionedProduct: terminateProvisionedProduct,
  UpdateConstraint: updateConstraint,
  UpdatePortfolio: updatePortfolio,
  UpdatePortfolioShare: updatePortfolioShare,
  UpdateProduct: updateProduct,
  UpdateProvisionedProduct: updateProvisionedProduct,
  UpdateProvisionedProductProperties: updateProvisionedProductProperties,
  UpdateProvisioningArtifact: updateProvisioningArtifact,
  UpdateServiceAction: updateServiceAction,
  UpdateTagOption: updateTagOption,
} satisfies {
  readonly [Name in keyof ServiceCatalogOperations]: Operation<ServiceCatalogOperations[Name], keyof Services>
}
