#include "base/path.h"
#include "base/text.h"
#include "preflight/parts/compose_parts.h"
#include "preflight/parts/told_commands.h"
#include "preflight/rules/compose_builds.h"
#include "preflight/rules/groups.h"
#include <algorithm>
#include <fmt/format.h>

// What a Compose file may say: the keys of compose-spec's schema (compose-spec.json of July 2026) and what each takes.
namespace fairlead::preflight {

namespace {

using namespace compose;
using ValueKind = ComposeValue::Kind;

// KEY:what it takes - s text, n number, b true or false, l list, m map, 0 nothing, * anything. A part of the path that
// is '*' is a name of the user's, '[]' an item of a list.
struct SchemaSection {
    std::string_view path;
    std::string_view keys;
};

// clang-format off
constexpr SchemaSection schema_sections[] = {
    {"", "configs:m include:l jobs:m models:m name:s networks:m secrets:m services:m version:s volumes:m"},
    {"configs.*", "content:s environment:s external:bms file:s labels:lm name:s template_driver:s"},
    {"configs.*.external", "name:s"},
    {"include.[]", "env_file:ls path:ls project_directory:s"},
    {"models.*", "context_size:n model:s name:s runtime_flags:l"},
    {"networks.*", "attachable:bs driver:s driver_opts:m enable_ipv4:bs enable_ipv6:bs external:bms internal:bs ipam:m labels:lm name:s"},
    {"networks.*.external", "name:s"},
    {"networks.*.ipam", "config:l driver:s options:m"},
    {"networks.*.ipam.config.[]", "aux_addresses:m gateway:s ip_range:s subnet:s"},
    {"secrets.*", "driver:s driver_opts:m environment:s external:bms file:s labels:lm name:s template_driver:s"},
    {"secrets.*.external", "name:s"},
    {"services.*", "annotations:lm attach:bs blkio_config:m build:ms cap_add:l cap_drop:l cgroup:s cgroup_parent:s command:0ls configs:l container_name:s cpu_count:ns cpu_percent:ns cpu_period:ns cpu_quota:ns cpu_rt_period:ns cpu_rt_runtime:ns cpu_shares:ns cpus:ns cpuset:s credential_spec:m depends_on:lm deploy:0m develop:0m device_cgroup_rules:l devices:l dns:ls dns_opt:l dns_search:ls domainname:s entrypoint:0ls env_file:ls environment:lm expose:l extends:ms external_links:l extra_hosts:lm gpus:ls group_add:l healthcheck:m hostname:s image:s init:bs ipc:s isolation:s label_file:ls labels:lm links:l logging:m mac_address:s mem_limit:ns mem_reservation:ns mem_swappiness:ns memswap_limit:ns models:lm network_mode:s networks:lm oom_kill_disable:bs oom_score_adj:ns pid:0s pids_limit:ns platform:s ports:l post_start:l pre_start:l pre_stop:l privileged:bs profiles:l provider:m pull_policy:s pull_refresh_after:s read_only:bs restart:s runtime:s scale:ns secrets:l security_opt:l shm_size:ns stdin_open:bs stop_grace_period:s stop_signal:s storage_opt:m sysctls:lm tmpfs:ls tty:bs ulimits:m umask:0ns use_api_socket:b user:s userns_mode:s uts:s volumes:l volumes_from:l working_dir:s"},
    {"services.*.blkio_config", "device_read_bps:l device_read_iops:l device_write_bps:l device_write_iops:l weight:ns weight_device:l"},
    {"services.*.blkio_config.device_read_bps.[]", "path:s rate:ns"},
    {"services.*.blkio_config.device_read_iops.[]", "path:s rate:ns"},
    {"services.*.blkio_config.device_write_bps.[]", "path:s rate:ns"},
    {"services.*.blkio_config.device_write_iops.[]", "path:s rate:ns"},
    {"services.*.blkio_config.weight_device.[]", "path:s weight:ns"},
    {"services.*.build", "additional_contexts:lm args:lm cache_from:l cache_to:l context:s dockerfile:s dockerfile_inline:s entitlements:l extra_hosts:lm isolation:s labels:lm network:s no_cache:bs no_cache_filter:ls platforms:l privileged:bs provenance:bs pull:bs sbom:bs secrets:l shm_size:ns ssh:lm tags:l target:s ulimits:m"},
    {"services.*.build.secrets.[]", "gid:s mode:ns source:s target:s uid:s"},
    {"services.*.build.ulimits.*", "hard:ns soft:ns"},
    {"services.*.configs.[]", "gid:s mode:ns source:s target:s uid:s"},
    {"services.*.credential_spec", "config:s file:s registry:s"},
    {"services.*.depends_on.*", "condition:s required:b restart:bs"},
    {"services.*.deploy", "endpoint_mode:s labels:lm mode:s placement:m replicas:ns resources:m restart_policy:m rollback_config:m update_config:m"},
    {"services.*.deploy.placement", "constraints:l max_replicas_per_node:ns preferences:l"},
    {"services.*.deploy.placement.preferences.[]", "spread:s"},
    {"services.*.deploy.resources", "limits:m reservations:m"},
    {"services.*.deploy.resources.limits", "cpus:ns memory:s pids:ns"},
    {"services.*.deploy.resources.reservations", "cpus:ns devices:l generic_resources:l memory:s"},
    {"services.*.deploy.resources.reservations.devices.[]", "capabilities:l count:ns device_ids:l driver:s options:lm"},
    {"services.*.deploy.resources.reservations.generic_resources.[]", "discrete_resource_spec:m"},
    {"services.*.deploy.resources.reservations.generic_resources.[].discrete_resource_spec", "kind:s value:ns"},
    {"services.*.deploy.restart_policy", "condition:s delay:s max_attempts:ns window:s"},
    {"services.*.deploy.rollback_config", "delay:s failure_action:s max_failure_ratio:ns monitor:s order:s parallelism:ns"},
    {"services.*.deploy.update_config", "delay:s failure_action:s max_failure_ratio:ns monitor:s order:s parallelism:ns"},
    {"services.*.develop", "watch:l"},
    {"services.*.develop.watch.[]", "action:s exec:m ignore:ls include:ls initial_sync:b path:s target:s"},
    {"services.*.develop.watch.[].exec", "command:0ls environment:lm privileged:bs user:s working_dir:s"},
    {"services.*.devices.[]", "permissions:s source:s target:s"},
    {"services.*.env_file.[]", "format:s path:s required:bs"},
    {"services.*.extends", "file:s service:s"},
    {"services.*.gpus.[]", "capabilities:l count:ns device_ids:l driver:s options:lm"},
    {"services.*.healthcheck", "disable:bs interval:s retries:ns start_interval:s start_period:s test:ls timeout:s"},
    {"services.*.logging", "driver:s options:m"},
    {"services.*.models.*", "endpoint_var:s model_var:s"},
    {"services.*.networks.*", "aliases:l driver_opts:m gw_priority:n interface_name:s ipv4_address:s ipv6_address:s link_local_ips:l mac_address:s priority:n use_service_name_alias:bs"},
    {"services.*.ports.[]", "app_protocol:s host_ip:s mode:s name:s protocol:s published:ns target:ns"},
    {"services.*.post_start.[]", "command:0ls environment:lm privileged:bs user:s working_dir:s"},
    {"services.*.pre_stop.[]", "command:0ls environment:lm privileged:bs user:s working_dir:s"},
    {"services.*.provider", "options:m type:s"},
    {"services.*.secrets.[]", "gid:s mode:ns source:s target:s uid:s"},
    {"services.*.ulimits.*", "hard:ns soft:ns"},
    {"services.*.volumes.[]", "bind:m consistency:s image:m read_only:bs source:s target:s tmpfs:m type:s volume:m"},
    {"services.*.volumes.[].bind", "create_host_path:bs propagation:s recursive:s selinux:s"},
    {"services.*.volumes.[].image", "subpath:s"},
    {"services.*.volumes.[].tmpfs", "mode:ns size:ns"},
    {"services.*.volumes.[].volume", "labels:lm nocopy:bs subpath:s"},
    {"volumes.*", "driver:s driver_opts:m external:bms labels:lm name:s"},
    {"volumes.*.external", "name:s"},
};
// clang-format on

const SchemaSection* section_of(std::string_view path) {
    const auto found = std::find_if(std::begin(schema_sections), std::end(schema_sections),
                                    [&](const SchemaSection& section) { return section.path == path; });
    return found == std::end(schema_sections) ? nullptr : found;
}

// Whether the names below it are the user's.
bool named_by_user(const std::string& path) {
    return section_of(path) == nullptr && section_of(path + ".*") != nullptr;
}

bool is_list_of_texts(std::string_view path) {
    constexpr std::string_view keys[] = {"environment", "labels", "command",  "entrypoint", "cap_add",     "cap_drop",
                                         "expose",      "dns",    "profiles", "links",      "extra_hosts", "tmpfs"};
    constexpr std::string_view service = "services.*.";
    return path.starts_with(service) &&
           std::find(std::begin(keys), std::end(keys), path.substr(service.size())) != std::end(keys);
}

char letter_of(const ComposeValue& value) {
    if (value.kind == ValueKind::null) return '0';
    if (value.is_list()) return 'l';
    if (value.is_map()) return 'm';
    if (read::is_plain_text(value)) return 's';
    const std::string word = lower(value.text);
    return word == "true" || word == "false" ? 'b' : 'n';
}

std::string letters_as_words(std::string_view letters) {
    std::vector<std::string> words;
    constexpr std::pair<char, std::string_view> names[] = {
        {'s', "text"}, {'n', "a number"}, {'b', "true or false"}, {'l', "a list"}, {'m', "a map"}};
    for (const auto& [letter, name] : names)
        if (letters.find(letter) != letters.npos) words.emplace_back(name);
    return one_of(words);
}

class Schema {
  public:
    Schema(const Compose& compose, Hits& hits) : compose_(compose), hits_(hits) {}

    void check(const ComposeValue& value, const std::string& path) {
        if (value.tag == ComposeValue::Tag::reset) return;
        if (value.is_list()) {
            for (const auto& item : value.items)
                if (item.is_map() && is_list_of_texts(path))
                    add(hits_, compose_, item.place,
                        fmt::format("{} has a map in its list; compose refuses the file; write NAME=value, or a map "
                                    "without dashes",
                                    path.substr(path.rfind('.') + 1)));
                else
                    check(item, path + ".[]");
            return;
        }
        if (!value.is_map()) return;
        if (named_by_user(path)) {
            for (const auto& entry : value.items)
                if (!entry.key.starts_with("x-")) check_named(entry, path + ".*");
            return;
        }
        const SchemaSection* const section = section_of(path);
        if (section == nullptr) return;
        std::vector<const ComposeValue*> unknown;
        for (const auto& entry : value.items)
            if (!check_key(entry, *section, path)) unknown.push_back(&entry);
        tell_unknown(unknown, value, *section);
    }

  private:
    void check_named(const ComposeValue& entry, const std::string& path) {
        if (entry.kind != ValueKind::null && !entry.is_map() && path.starts_with("services.*") && path.size() == 10)
            wrong(entry, "m");
        check(entry, path);
    }

    // False: the section has no such key.
    bool check_key(const ComposeValue& entry, const SchemaSection& section, const std::string& path) {
        if (entry.key.starts_with("x-")) return true;
        for (const std::string& pair : split(section.keys, ' ')) {
            const std::size_t colon = pair.find(':');
            if (std::string_view(pair).substr(0, colon) != entry.key) continue;
            const std::string takes = pair.substr(colon + 1);
            const bool open = takes.find('*') != std::string::npos || entry.text.find('$') != std::string::npos;
            const char is = letter_of(entry);
            if (is != '0' && !open && entry.tag != ComposeValue::Tag::reset && takes.find(is) == std::string::npos)
                wrong(entry, takes);
            else
                check(entry, path.empty() ? entry.key : path + "." + entry.key);
            return true;
        }
        return false;
    }

    // Several of one map mostly have one cause: they stand too far to the left, below a key that is left empty.
    void tell_unknown(const std::vector<const ComposeValue*>& unknown, const ComposeValue& map,
                      const SchemaSection& section) {
        constexpr std::size_t several = 3;
        if (unknown.size() < several) {
            for (const auto* entry : unknown) tell_unknown(*entry, section);
            return;
        }
        const std::string* parent = nullptr;
        for (const auto& entry : map.items) {
            if (&entry == unknown.front()) break;
            parent = entry.kind == ValueKind::null ? &entry.key : nullptr;
        }
        add(hits_, compose_, unknown.front()->key_place,
            fmt::format("{}, {} and {} more are unknown here; compose refuses the file; {}",
                        short_word(unknown[0]->key), short_word(unknown[1]->key), unknown.size() - 2,
                        parent != nullptr ? fmt::format("indent them if they belong to {}", short_word(*parent))
                                          : "correct the indentation, or remove them"));
    }

    void tell_unknown(const ComposeValue& entry, const SchemaSection& section) {
        std::vector<std::string> known;
        for (const std::string& pair : split(section.keys, ' ')) known.push_back(pair.substr(0, pair.find(':')));
        const std::string near = nearest(entry.key, known);
        add(hits_, compose_, entry.key_place,
            near.empty()
                ? fmt::format("{} is unknown{}; compose refuses the file; remove it, or name it x-…",
                              short_word(entry.key), section.path.empty() ? " here" : " there")
                : fmt::format("{} is unknown; compose refuses the file; did you mean {}", short_word(entry.key), near));
    }

    void wrong(const ComposeValue& entry, std::string_view takes) {
        add(hits_, compose_, entry.place,
            fmt::format("{} must be {}; compose refuses this value; correct it", short_word(entry.key),
                        letters_as_words(takes)));
    }

    const Compose& compose_;
    Hits& hits_;
};

// Whether the project leaves a file to whoever installs it, which compose lays over this one: .gitignore, a page or the
// file itself names one, and the project has none.
bool is_completed_elsewhere(const Compose& compose, const Project& project) {
    const std::string file = compose.files.front(), folder = folder_of(file);
    const auto is_override = [](std::string_view path) { return path.find("override.y") != path.npos; };
    if (std::any_of(compose.files.begin(), compose.files.end(), is_override)) return false;
    const auto says = [&](const std::string& path) {
        const auto text = project.read(path);
        return text && is_override(*text);
    };
    if (says(file) || says(path_in(folder, ".gitignore")) || says(".gitignore")) return true;
    return std::any_of(project.paths.begin(), project.paths.end(), [&](const std::string& path) {
        return folder_of(path) == folder && path.ends_with(".md") && says(path);
    });
}

// Names of networks:, secrets: and configs: that a service uses and the file doesn't have; a word of restart:.
void service_refused(const Compose& compose, const ComposeService& service, bool is_whole, Hits& hits) {
    for (const std::string_view section : {"networks", "secrets", "configs"}) {
        const auto* const used = value_of(service, section);
        const auto* const declared = compose.read->model.find(section);
        if (used == nullptr) continue;
        for (const auto& item : used->items) {
            const auto* const source = item.is_map() ? item.find("source") : nullptr;
            const std::string name = section == "networks" && used->is_map() ? item.key
                                     : source != nullptr                     ? source->text
                                                                             : item.text;
            if (name.empty() || name.find('$') != std::string::npos || (section == "networks" && name == "default") ||
                (declared != nullptr && declared->find(name) != nullptr))
                continue;
            const auto told = [&](std::string_view so) -> Hit& {
                return add(hits, compose, service, item.place,
                           fmt::format("{} uses {}, which {}: does not have; {}", short_word(service.name),
                                       short_word(name), section, so));
            };
            if (is_whole)
                told("compose refuses the file; declare it there");
            else
                told("compose refuses the file without an override that declares it; declare it there").level =
                    Level::warning;
        }
    }
    const auto* const restart = value_of(service, "restart");
    if (restart == nullptr || restart->text.empty() || !read::is_plain_text(*restart)) return;
    constexpr std::string_view words[] = {"no", "always", "unless-stopped", "on-failure"};
    const std::string_view word = std::string_view(restart->text).substr(0, restart->text.find(':'));
    if (std::find(std::begin(words), std::end(words), word) == std::end(words))
        add(hits, compose, service, restart->place,
            fmt::format("restart of {} is {}; Docker refuses it; write always, unless-stopped, on-failure or \"no\"",
                        short_word(service.name), short_word(restart->text)));
}

// 512m, 1.5gb, 1073741824
bool is_size(std::string_view text) {
    const auto digits = text.find_first_not_of("0123456789.");
    if (digits == 0 || text.empty()) return text == "-1"; // of memswap_limit: no limit
    const std::string unit = digits == text.npos ? "" : lower(trim(text.substr(digits)));
    constexpr std::string_view units[] = {"",    "b", "k",  "kb",  "kib", "m",  "mb",
                                          "mib", "g", "gb", "gib", "t",   "tb", "tib"};
    return std::find(std::begin(units), std::end(units), unit) != std::end(units);
}

// Values that Compose reads further than the schema says.
void value_refused(const Compose& compose, const ComposeService& service, Hits& hits) {
    const auto refuse = [&](const ComposeValue& value, std::string_view what, std::string_view way_out) {
        add(hits, compose, service, value.place,
            fmt::format("{} of {} is {}; compose refuses the file; {}", what, short_word(service.name),
                        value.is_map() ? "a map" : short_word(value.text), way_out));
    };
    for (const std::string_view path : {"mem_limit", "mem_reservation", "memswap_limit", "shm_size",
                                        "deploy.resources.limits.memory", "deploy.resources.reservations.memory"})
        if (const auto* const value = value_of(service, path);
            value != nullptr && value->is_scalar() && !value->text.empty() &&
            value->text.find('$') == std::string::npos && !is_size(value->text))
            refuse(*value, path, "write a size, such as 512m");
    if (const auto* const test = value_of(service, "healthcheck.test"); test != nullptr && !test->items.empty())
        if (const auto& word = test->items.front().text; word != "CMD" && word != "CMD-SHELL" && word != "NONE")
            refuse(test->items.front(), "the first word of healthcheck.test", "begin with CMD, CMD-SHELL or NONE");
}

void schema(const Compose& compose, const Project& project, Hits& hits) {
    for (const auto& problem : compose.read->problems) {
        std::string message = problem.message;
        for (std::string_view more : {"; its value is lost", "; correct it"})
            if (std::count(message.begin(), message.end(), ';') < 2) message += more;
        if (message.size() > 160) message = to_valid_utf8(std::string_view(message).substr(0, 157)) + "…";
        // What a variable left empty is right where it is set: compose-var-unset tells it.
        const bool unset = message.find("'$") != std::string::npos;
        // Of a project beside this one; newer versions merge two includes.
        const bool is_open = message.starts_with("'../") || message.find(", which is included, too") != message.npos;
        Hit& hit = add(hits, compose, problem.place, std::move(message));
        if (unset || is_open) hit.level = Level::warning;
    }
    const auto& problems = compose.read->problems;
    const bool is_broken = std::any_of(problems.begin(), problems.end(), [](const auto& problem) {
        return problem.message.starts_with("bad YAML"); // what is lost may complete the rest
    });
    const bool is_whole = !is_broken && !is_completed_elsewhere(compose, project);
    if (!is_part(compose, project))
        for (const auto& service : compose.read->services) {
            compose::build_missing(compose, service, project, hits);
            service_refused(compose, service, is_whole, hits);
            value_refused(compose, service, hits);
            if (is_whole && lacks_image(compose, service, project))
                add(hits, compose, service, service.place,
                    fmt::format("{} has neither image nor build; compose refuses the file; write image or build",
                                short_word(service.name)));
        }
    Schema check(compose, hits);
    for (const auto& file : compose.read->raw) check.check(file, "");
}

}

std::span<const Rule> compose_schema_rules() {
    static const Rule rows[] = {
        {.id = "compose-schema",
         .title = "The file isn't a valid compose file",
         .levels = always(Level::error),
         .check = schema,
         .why = "If a key is unknown or a value has the wrong type, Compose refuses the file, and nothing starts.",
         .way_out = "healthcheck:, not heathcheck:",
         .peers = {"invalid-schema"}},
    };
    return rows;
}

}
