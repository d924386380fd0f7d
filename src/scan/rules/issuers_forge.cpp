#include "scan/rules/issuer.h"

namespace fairlead::scan {
namespace {

constexpr Issuer forge_issuer_rows[] = {
    {"github", "GitHub", "reads and changes the repositories, packages and settings that its owner may.",
     "https://github.com/settings/tokens",
     "Delete the token, then make a fine-grained one with fewer rights and a short lifetime. The owner's security log "
     "shows its use."},
    {"github-app", "GitHub, for an OAuth or GitHub app",
     "acts for a user or an installation, with the rights that the app was given.",
     "https://github.com/settings/applications",
     "Revoke the app's access; for a GitHub app also make a new client secret and a new private key. Tokens of an "
     "installation end after an hour."},
    {"gitlab", "GitLab", "reads and changes the projects that its owner may, up to the token's scopes.",
     "https://gitlab.com/-/user_settings/personal_access_tokens",
     "Revoke the token and make a new one. On your own server the page has the same path."},
    {"gitlab-project", "GitLab, for one project or group", "reads the project's or the group's code and packages.",
     "the project or group in GitLab: Settings > Repository > Deploy tokens",
     "Revoke the token there, then give the new one to those who use it."},
    {"gitlab-application", "GitLab, for an OAuth application", "lets a stranger sign users in as the application.",
     "GitLab: Applications, in your profile, in the group's settings or in the Admin area",
     "Open the application, renew its secret, and give the new one to the application."},
    {"gitlab-agent", "GitLab, for an agent in Kubernetes", "takes the agent's place and reads what GitLab sends it.",
     "the agent's project in GitLab: Operate > Kubernetes clusters, the agent, Access tokens",
     "Make a new token, give it to the agent, then revoke the old one."},
    {"gitlab-feature-flags", "GitLab, for the feature flags of a project", "reads the project's feature flags.",
     "the project in GitLab: Deploy > Feature flags > Configure",
     "Make a new instance ID there, then give it to the applications."},
    {"gitlab-scim", "GitLab, for a group's provisioning of users", "adds users to the group and removes them.",
     "the group in GitLab: Settings > SAML SSO", "Generate a new SCIM token, then give it to the identity provider."},
    {"gitlab-user", "GitLab, for one user", "reads the user's feeds, or makes issues as the user by mail.",
     "https://gitlab.com/-/user_settings/personal_access_tokens",
     "Reset the token in its section of that page. On your own server the page has the same path."},
    {"gitlab-job", "GitLab, for one job", "reads packages and code while the job runs.",
     "the job in GitLab: cancel it if it still runs", "The token ends with its job. Keep it out of logs and files."},
    {"gitlab-runner", "GitLab, for a runner", "registers a runner or takes jobs, and with them the jobs' variables.",
     "the project, group or instance in GitLab: Settings > CI/CD > Runners",
     "Remove the runner and register it again; reset the registration token. Rotate the variables of jobs that it may "
     "have taken."},
    {"gitlab-ci", "GitLab, for CI", "starts pipelines.",
     "the project in GitLab: Settings > CI/CD > Pipeline trigger tokens",
     "Revoke the trigger token and make a new one."},
    {"atlassian", "Atlassian", "reads and changes what its owner may in Jira, Confluence and Bitbucket.",
     "https://id.atlassian.com/manage-profile/security/api-tokens",
     "Revoke the token, then make a new one with an expiry."},
    {"bitbucket", "Bitbucket", "reads and changes the repositories that its owner may.",
     "https://bitbucket.org/account/settings/app-passwords/",
     "Revoke the app password; make an API token with scopes in its place."},
    {"sourcegraph", "Sourcegraph", "searches and reads all code that its owner may see.",
     "Sourcegraph: Settings > Access tokens", "Delete the token, then make a new one."},
    {"npm", "npm", "publishes packages, or reads private ones.", "https://www.npmjs.com/settings/~/tokens",
     "Delete the token there, or run npm token revoke. Check the versions that were published since. Replace it by "
     "trusted publishing or a granular token."},
    {"pypi", "PyPI", "publishes releases of its owner's projects.", "https://pypi.org/manage/account/",
     "Remove the token under API tokens. Check the releases since. Replace it by trusted publishing, or by a token for "
     "one project."},
    {"rubygems", "RubyGems", "publishes and yanks gems.", "https://rubygems.org/profile/api_keys",
     "Delete the key, then make one with the scopes that you need. Check the versions that were pushed since."},
    {"crates", "crates.io", "publishes and yanks crates.", "https://crates.io/settings/tokens",
     "Revoke the token, then make one for the crates and scopes that you need. Check the versions since."},
    {"nuget", "NuGet", "publishes and unlists packages.", "https://www.nuget.org/account/apikeys",
     "Delete or regenerate the key. Check the versions that were pushed since."},
    {"docker-hub", "Docker Hub", "pulls private images, and pushes images if it may.",
     "https://app.docker.com/settings/personal-access-tokens",
     "Delete the token, then make a new one. Check the tags that were pushed since."},
    {"clojars", "Clojars", "publishes artifacts.", "https://clojars.org/tokens",
     "Disable the token, then make one for a single group or artifact."},
    {"artifactory", "JFrog Artifactory", "reads and publishes artifacts, as far as its owner may.",
     "your JFrog platform: User Management > Access Tokens, or Edit Profile for an API key",
     "Revoke it, then make a token with a scope and an expiry. API keys are no longer issued."},
    {"postman", "Postman", "reads and changes workspaces; their environments often hold more secrets.",
     "https://web.postman.co/settings/me/api-keys", "Revoke the key and make a new one."},
    {"sonar", "SonarQube or SonarCloud", "sends analyses, and reads projects that its owner may see.",
     "https://sonarcloud.io/account/security, or My Account > Security on your own server",
     "Revoke the token and make a new one."},
};

}

std::span<const Issuer> forge_issuers() { return forge_issuer_rows; }

}
