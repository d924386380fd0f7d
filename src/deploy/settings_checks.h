#pragma once
#include "config/config.h"
#include <string>

// Checks of single values below `deploy:`. `name` is the value's key. Error (usage), with its place.
namespace fairlead::deploy {

Result<void> check_account(const config::Value& value, const std::string& name);
Result<void> check_placeholders(const config::Value& command, const std::string& name);
Result<void> check_exec(const config::Value& command, const std::string& name);
Result<void> check_commands(const config::Value& commands, const std::string& name);
Result<void> check_shared_paths(const config::Value& shared, const std::string& name);
Result<void> check_size(const config::Value& size, const std::string& name);
Result<void> check_project(const config::Value& value, const std::string& name);
Result<void> check_port(const config::Value& port, const std::string& name);
Result<void> check_process(const config::Value& process, const std::string& key);

}
