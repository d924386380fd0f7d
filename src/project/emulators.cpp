#include "project/emulators.h"
#include "base/path.h"
#include "base/text.h"
#include "base/words.h"
#include "read/compose/compose.h"
#include <algorithm>

namespace fairlead::project {

bool is_emulator(const read::ComposeService& service) {
    const auto name = file_name(std::string_view(service.image).substr(0, service.image.find_first_of(":@")));
    return name.find("emulator") != name.npos ||
           is_one_of(name, {"localstack", "localstack-pro", "localstack-full", "localstack-light", "dynamodb-local",
                            "azurite", "fake-gcs-server", "moto", "elasticmq", "elasticmq-native"});
}

namespace {

bool is_on(std::string_view value) { return is_one_of(lower(value), {"true", "1", "yes", "on"}); }

bool is_mode(std::string_view name) { // DEV_MODE, EQ_DEV_MODE
    return name == "DEV_MODE" || name.ends_with("_DEV_MODE") || name == "DEVELOPMENT_MODE" ||
           name.ends_with("_DEVELOPMENT_MODE");
}

// define('WP_HOME', 'http://localhost:8080');
bool has_home_here(std::string_view code) {
    const auto at = code.find("WP_HOME");
    const auto line = at == code.npos ? std::string_view() : code.substr(at, code.find('\n', at) - at);
    return has_any(line, {"://localhost", "://127.0.0.1"});
}

}

bool is_told_to_develop(const read::ComposeService& service) {
    return std::any_of(service.environment.begin(), service.environment.end(), [](const read::ComposeVariable& one) {
        const auto value = one.value.value_or("");
        return (one.name.ends_with("_EMULATOR_HOST") && !value.empty()) || (is_mode(one.name) && is_on(value)) ||
               (one.name == "WORDPRESS_CONFIG_EXTRA" && has_home_here(value));
    });
}

}
