#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace fairlead::read {
struct ComposeProject;
}

// What in a file says that it is for those who develop, and not what is deployed: facts with their line, no judgement.
namespace fairlead::project {

struct Mark {
    int line = 0;      // from 1
    std::string words; // as they stand there: "for local development only"
};

// The comment that the file begins with, in lines of '#' (before it: blank lines, `---`, a shebang, directives of
// BuildKit, `version:` and `name:`). A comment that speaks of production, and not to exclude it, is no mark.
std::optional<Mark> head_comment(std::string_view text);

// A service that is made for developing: it is built, its source is mounted over the image or watched, and it is
// started by a command that reloads, with settings that are named development's, or as a stage that is. All of its
// source is mounted beside a database that is published, or a terminal is open. Or it is Laravel Sail's, is called so,
// has the settings of tests, PHP's debugger, swallows mail, or is built beside three kinds of SQL servers.
std::optional<Mark> development_service(const read::ComposeProject& compose);

// A variable names development as what the program runs in: NODE_ENV=development,
// DJANGO_SETTINGS_MODULE=site.settings.dev.
bool sets_development(std::string_view name, std::string_view value);

// A service has settings that are named development's: NODE_ENV=development.
bool says_development(const read::ComposeProject& compose);

// Whether it is the template of an engine whose output is what is used, and which one: "ERB", "Jinja", "gomplate".
// By the end of the name (.erb, .j2), else by what stands in it and means nothing in its own format.
// Empty: it is none. ${NAME} and envsubst's templates are none: they can be read as they are.
enum class Format { env, dockerfile, compose, nginx, unit };
std::string_view engine_of(std::string_view path, std::string_view text, Format format);

}
