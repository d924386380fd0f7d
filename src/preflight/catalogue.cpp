#include "preflight/rows/row.h"
#include "preflight/rule.h"
#include "preflight/rules/groups.h"
#include <algorithm>

namespace fairlead::preflight {

namespace {

// In the order of the catalogue.
using Group = std::span<const Rule> (*)();
constexpr Group groups[] = {
    env_form_rules,
    env_keys_rules,
    env_quotes_rules,
    env_value_rules,
    env_schema_rules,
    conf_rules,
    conf_service_rules,
    conf_variable_rules,
    conf_secret_rules,
    conf_token_rules,
    conf_url_rules,
    conf_origin_rules,
    conf_default_rules,
    conf_source_rules,
    conf_manifest_rules,
    conf_running_rules,
    code_rules,
    code_cookie_rules,
    django_rules,
    django_secret_rules,
    django_run_rules,
    compose_schema_rules,
    compose_form_rules,
    compose_services_rules,
    compose_ports_rules,
    compose_health_rules,
    compose_restart_rules,
    [] { return rules_of_rows("compose.yml"); },
    compose_isolation_rules,
    compose_data_rules,
    compose_mount_rules,
    compose_secret_rules,
    compose_variable_rules,
    compose_order_rules,
    nginx_tls_rules,
    nginx_syntax_rules,
    nginx_header_rules,
    nginx_client_rules,
    nginx_proxy_rules,
    nginx_port_rules,
    nginx_content_rules,
    kube_security_rules,
    [] { return rules_of_rows("kube.yml"); },
    kube_running_rules,
    kube_cluster_rules,
    kube_config_rules,
    kube_kustomize_rules,
    http_header_rules,
    http_rules,
    tls_rules,
    live_rules,
    repo_env_rules,
    repo_rules,
    page_rules,
    unit_form_rules,
    unit_rules,
    host_rules,
    host_docker_rules,
    ci_rules,
    ci_started_rules,
    ci_form_rules,
    ci_deploy_rules,
    ci_checkout_rules,
    ci_untrusted_rules,
    [] { return rules_of_rows("ci.yml"); },
    [] { return rules_of_rows("docker.yml"); },
    docker_user_rules,
    docker_image_rules,
    docker_start_rules,
    docker_port_rules,
    docker_copy_rules,
    docker_add_rules,
    docker_run_rules,
    docker_layer_rules,
    docker_package_rules,
    docker_language_rules,
    docker_env_rules,
    docker_form_rules,
    docker_label_rules,
    ignore_rules,
    suppress_rules,
};

}

std::string_view group_of(std::string_view id) { return id.substr(0, id.find('-')); }

std::span<const Rule> all_rules() {
    static const std::vector<Rule> all = [] {
        std::vector<Rule> rules;
        for (const Group group : groups) rules.insert(rules.end(), group().begin(), group().end());
        return rules;
    }();
    return all;
}

namespace {

const Rule* find_in(std::span<const Rule> rules, std::string_view id) {
    if (id.starts_with("preflight/")) id.remove_prefix(10); // as waivers call it
    const auto found = std::find_if(rules.begin(), rules.end(), [&](const Rule& rule) { return rule.id == id; });
    return found == rules.end() ? nullptr : &*found;
}

}

const Rule* find_rule(std::string_view id) { return find_in(all_rules(), id); }

std::vector<const Rule*> rules_with(const RuleRows* own) {
    std::vector<const Rule*> rules;
    for (const Rule& rule : all_rules()) rules.push_back(&rule);
    if (own)
        for (const Rule& rule : own->rules) rules.push_back(&rule);
    return rules;
}

const Rule* find_rule(std::string_view id, const RuleRows* own) {
    const Rule* const its = own ? find_in(own->rules, id) : nullptr;
    return its ? its : find_rule(id);
}

}
