#pragma once
#include "init/write/jobs.h"
#include <optional>

// One function per written file; nothing: the project needs none.
namespace fairlead::init {

std::optional<std::string> write_pull_request(const Writing& writing);
std::optional<std::string> write_staging(const Writing& writing);
std::optional<std::string> write_release(const Writing& writing);
std::optional<std::string> write_rollback(const Writing& writing);
std::optional<std::string> write_dependabot(const Writing& writing);
std::optional<std::string> write_gitlab(const Writing& writing);
std::optional<std::string> write_script(const Writing& writing);
std::vector<NewFile> write_backup(const Writing& writing);                       // `init --backup`
std::string backup_section(const Writing& writing);                              // of fairlead.yml, with it
std::string write_configuration(const Writing& writing);                         // fairlead.yml of the project
std::string write_component(const Writing& writing, const Component& component); // of one of several services

}
