#include "scan/rules/issuer.h"

namespace fairlead::scan {
namespace {

constexpr Issuer cloud_issuer_rows[] = {
    {"aws", "Amazon Web Services",
     "acts as the user or role that it belongs to; with wide rights, on the whole account.",
     "https://console.aws.amazon.com/iam/home#/security_credentials",
     "Make a second key, switch over, set the leaked key inactive, then delete it. CloudTrail shows what it did. An id "
     "that begins with ASIA is temporary: revoke the role's sessions."},
    {"aws-bedrock", "Amazon Bedrock", "calls models at the account's cost.",
     "https://console.aws.amazon.com/bedrock/home#/api-keys",
     "Delete the key there or in IAM, at the user that belongs to it, then make a new one."},
    {"google-api", "Google Cloud", "calls the APIs that the key allows, at the project's cost.",
     "https://console.cloud.google.com/apis/credentials",
     "Make a new key, restrict it to APIs and to callers, switch over, then delete the old one. The key of a public "
     "web "
     "page is no secret if it is restricted."},
    {"google-oauth", "Google Cloud", "poses as the application toward Google's sign-in.",
     "https://console.cloud.google.com/apis/credentials",
     "Add a second secret to the client, switch over, then disable and delete the leaked one."},
    {"entra", "Microsoft Entra ID", "signs in as the application, with all rights that it was granted.",
     "https://entra.microsoft.com, App registrations > the application > Certificates & secrets",
     "Add a new secret, switch over, then delete the leaked one. The sign-in log shows its use."},
    {"azure-key", "Microsoft Azure", "reads and changes everything in the account, namespace or registry.",
     "https://portal.azure.com, the resource > Access keys, Keys or Shared access policies",
     "Switch to the second key, then regenerate the leaked one. Where you can, use Entra ID in place of keys."},
    {"alibaba", "Alibaba Cloud", "acts, with its secret, as the account or RAM user that it belongs to.",
     "https://ram.console.aliyun.com/manage/ak", "Make a new key, switch over, disable the old one, then delete it."},
    {"digitalocean", "DigitalOcean", "reads and changes droplets, databases, DNS and more, up to its scopes.",
     "https://cloud.digitalocean.com/account/api/tokens",
     "Delete the token and make one with fewer scopes. For an OAuth token, revoke the application's access."},
    {"cloudflare", "Cloudflare", "reads and changes zones, DNS, Workers or certificates, up to its permissions.",
     "https://dash.cloudflare.com/profile/api-tokens",
     "Roll or delete the token; change the global key or the Origin CA key there. An account's token stands under "
     "Manage Account."},
    {"terraform", "HCP Terraform", "reads state files, which hold secrets, and starts runs on your infrastructure.",
     "https://app.terraform.io/app/settings/tokens",
     "Delete the token and make a new one. Rotate the secrets in the state files that it could read."},
    {"vault", "your Vault server", "reads and writes the secrets that its policies allow.",
     "your Vault: vault token revoke, with the token or its accessor",
     "Revoke it; a batch token can't be revoked, so revoke its parent or wait for its end. Read the audit log, then "
     "rotate what it could read."},
    {"databricks", "Databricks", "reads and changes data, notebooks and clusters that its owner may.",
     "your workspace: Settings > Developer > Access tokens", "Revoke the token and make a new one."},
    {"doppler", "Doppler", "reads the secrets of a project's configurations.", "https://dashboard.doppler.com",
     "Revoke the token under Tokens or Access, then rotate the secrets that it could read."},
    {"fly", "Fly.io", "deploys and changes applications of the organisation.",
     "https://fly.io/user/personal_access_tokens", "Revoke it there, or run fly tokens revoke; then make a new one."},
    {"heroku", "Heroku", "deploys applications, and reads their configuration with its secrets.",
     "https://dashboard.heroku.com/account/applications",
     "Revoke the authorization, or regenerate the API key on the account's page. Rotate the configuration's secrets."},
    {"pulumi", "Pulumi", "reads stacks with their secrets, and changes infrastructure.",
     "https://app.pulumi.com/account/tokens", "Delete the token and make a new one."},
    {"openshift", "your OpenShift cluster", "acts on the cluster as its user until it expires, a day as a rule.",
     "your cluster: oc delete useroauthaccesstoken NAME",
     "Delete the token, or run oc logout with it; then rotate the secrets that the user could read."},
    {"planetscale", "PlanetScale", "reads and changes databases, or signs in to a branch.",
     "https://app.planetscale.com, the organisation's Settings > Service tokens, or the database's Settings > "
     "Passwords",
     "Delete it and make a new one."},
    {"clickhouse", "ClickHouse Cloud", "manages the organisation's services.",
     "https://console.clickhouse.cloud, API keys", "Disable the key, then delete it and make a new one."},
    {"scalingo", "Scalingo", "deploys and changes applications, and reads their variables.",
     "https://dashboard.scalingo.com/account/tokens", "Revoke the token and make a new one."},
    {"netlify", "Netlify", "deploys and changes sites, and reads their variables.",
     "https://app.netlify.com/user/applications", "Delete the personal access token and make a new one."},
    {"supabase", "Supabase", "manages projects, with their databases.", "https://supabase.com/dashboard/account/tokens",
     "Delete the token and make a new one."},
    {"octopus", "your Octopus Deploy server", "deploys, and reads projects, as its user.",
     "your server: the profile > My API Keys", "Revoke the key and make a new one with an expiry."},
    {"harness", "Harness", "starts pipelines and changes deployments.",
     "https://app.harness.io, the profile > API keys", "Delete the token and make a new one."},
    {"prefect", "Prefect Cloud", "starts and changes flows.", "https://app.prefect.cloud/my/api-keys",
     "Delete the key and make a new one."},
    {"infracost", "Infracost", "reads and sends cost estimates of the organisation.", "https://dashboard.infracost.io",
     "Rotate the key in the organisation's settings."},
    {"confluent", "Confluent Cloud", "reads and writes topics, with its key, or manages the cluster.",
     "https://confluent.cloud/settings/api-keys", "Make a new key, switch over, then delete the old one."},
    {"zuplo", "Zuplo", "changes and deploys the gateway, or calls an API behind it.", "https://portal.zuplo.com",
     "Delete or roll the key in the settings of the account or the consumer."},
};

}

std::span<const Issuer> cloud_issuers() { return cloud_issuer_rows; }

}
