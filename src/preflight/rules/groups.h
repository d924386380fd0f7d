#pragma once
#include "preflight/rule.h"
#include <span>

// One table per group, in rules/GROUP.cpp; a new group needs a line here and in ../catalogue.cpp.
namespace fairlead::preflight {

std::span<const Rule> compose_schema_rules();
std::span<const Rule> compose_form_rules();
std::span<const Rule> compose_services_rules();
std::span<const Rule> compose_ports_rules();
std::span<const Rule> compose_health_rules();
std::span<const Rule> compose_restart_rules();
std::span<const Rule> compose_isolation_rules();
std::span<const Rule> compose_data_rules();
std::span<const Rule> compose_mount_rules();
std::span<const Rule> compose_secret_rules();
std::span<const Rule> compose_variable_rules();
std::span<const Rule> compose_order_rules();
std::span<const Rule> nginx_tls_rules();
std::span<const Rule> nginx_syntax_rules();
std::span<const Rule> nginx_header_rules();
std::span<const Rule> nginx_client_rules();
std::span<const Rule> nginx_proxy_rules();
std::span<const Rule> nginx_port_rules();
std::span<const Rule> nginx_content_rules();
std::span<const Rule> kube_security_rules();
std::span<const Rule> kube_running_rules();
std::span<const Rule> kube_cluster_rules();
std::span<const Rule> kube_config_rules();
std::span<const Rule> kube_kustomize_rules();
std::span<const Rule> env_form_rules();
std::span<const Rule> env_keys_rules();
std::span<const Rule> env_quotes_rules();
std::span<const Rule> env_schema_rules();
std::span<const Rule> env_value_rules();
std::span<const Rule> conf_rules();
std::span<const Rule> conf_service_rules();
std::span<const Rule> conf_variable_rules();
std::span<const Rule> conf_secret_rules();
std::span<const Rule> conf_token_rules();
std::span<const Rule> conf_url_rules();
std::span<const Rule> conf_origin_rules();
std::span<const Rule> conf_default_rules();
std::span<const Rule> conf_source_rules();
std::span<const Rule> code_rules();
std::span<const Rule> code_cookie_rules();
std::span<const Rule> conf_manifest_rules();
std::span<const Rule> conf_running_rules();
std::span<const Rule> django_rules();
std::span<const Rule> django_secret_rules();
std::span<const Rule> django_run_rules();
std::span<const Rule> http_header_rules();
std::span<const Rule> http_rules();
std::span<const Rule> tls_rules();
std::span<const Rule> live_rules();
std::span<const Rule> repo_env_rules();
std::span<const Rule> repo_rules();
std::span<const Rule> page_rules();
std::span<const Rule> ci_rules();
std::span<const Rule> ci_started_rules();
std::span<const Rule> ci_form_rules();
std::span<const Rule> ci_deploy_rules();
std::span<const Rule> ci_checkout_rules();
std::span<const Rule> ci_untrusted_rules();
std::span<const Rule> docker_image_rules();
std::span<const Rule> docker_user_rules();
std::span<const Rule> docker_start_rules();
std::span<const Rule> docker_port_rules();
std::span<const Rule> docker_copy_rules();
std::span<const Rule> docker_add_rules();
std::span<const Rule> docker_run_rules();
std::span<const Rule> docker_package_rules();
std::span<const Rule> docker_language_rules();
std::span<const Rule> docker_layer_rules();
std::span<const Rule> docker_env_rules();
std::span<const Rule> docker_form_rules();
std::span<const Rule> docker_label_rules();
std::span<const Rule> ignore_rules();
std::span<const Rule> unit_form_rules();
std::span<const Rule> unit_rules();
std::span<const Rule> host_rules();
std::span<const Rule> host_docker_rules();
std::span<const Rule> suppress_rules();

}
