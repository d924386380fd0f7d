#pragma once
#include "init/write/jobs.h"
#include <optional>

// One function per written file; nothing: the project doesn't need the file.
namespace fairlead::init {

std::optional<std::string> write_pull_request(const Writing& writing);
std::optional<std::string> write_staging(const Writing& writing);
std::optional<std::string> write_release(const Writing& writing);
std::optional<std::string> write_rollback(const Writing& writing);
std::optional<std::string> write_dependabot(const Writing& writing);
std::optional<std::string> write_gitlab(const Writing& writing);
std::optional<std::string> write_script(const Writing& writing);
std::vector<NewFile> write_backup(const Writing& writing); // for `init --backup`
// Returns the section `backup` of fairlead.yml; `sources`: its lines of that key, may be empty.
std::string backup_section(std::string_view app, std::string_view sources = {});
std::string write_configuration(const Writing& writing); // the project's fairlead.yml
// the fairlead.yml of one of several services
std::string write_component(const Writing& writing, const Component& component);

}
