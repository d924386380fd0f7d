#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace fairlead::read {
struct ComposeProject;
struct ComposeService;
}

// Finds marks that a file is for developers and is not deployed: facts with their line, without a verdict.
namespace fairlead::project {

struct Mark {
    int line = 0;      // from 1
    std::string words; // as written: "for local development only"
};

// Returns the comment in '#' lines at the file's start. Blank lines, `---`, a shebang, directives of BuildKit,
// `version:` and `name:` may precede it. A comment that mentions production, except to exclude it, is not a mark.
std::optional<Mark> head_comment(std::string_view text);

// Returns whether that comment says that the file is for production.
bool head_says_production(std::string_view text);

// Finds a service that is made for development. Either it is built, its source is mounted over the image or watched,
// and it starts with a command that reloads, or with settings or a stage named for development. Or all of its source is
// mounted, and it has a terminal or runs next to a published database. Or one of these holds: it is Laravel Sail's, is
// named for development, has settings for tests, runs PHP's debugger, catches mail, emulates a cloud or uses an
// emulator (emulators.h), or is built next to three kinds of SQL servers.
std::optional<Mark> development_service(const read::ComposeProject& compose);

// Returns the folder of the project that is mounted into the bare image of a language (node, python), where the command
// works. Empty: the image is another one, or nothing is mounted there.
std::string source_in_language(const read::ComposeService& service);

// Returns whether the source that an image is built from is mounted over it, or into the bare image of a language.
bool mounts_source(const read::ComposeService& service);

// Returns whether a variable sets the program's environment to development: NODE_ENV=development,
// DJANGO_SETTINGS_MODULE=site.settings.dev.
bool sets_development(std::string_view name, std::string_view value);

// Returns whether a service has such a variable, and no service has one for another environment.
bool is_all_development(const read::ComposeProject& compose);

// Returns whether a line of a page speaks of local development ("Docker Compose for local development"), in the words
// of several languages; or says that the whole project is not for production.
bool speaks_of_development(std::string_view line);
bool denies_production(std::string_view line);

// Returns whether a line begins a page about something that is no longer used: "Deprecated.", "This folder is kept for
// reference".
bool tells_disuse(std::string_view line);

// Returns whether a service has settings named for development: NODE_ENV=development.
bool says_development(const read::ComposeProject& compose);

// Returns the template engine whose output is the real file: "ERB", "Jinja", "gomplate". Recognised by the name's
// ending (.erb, .j2), else by content that has no meaning in the file's own format. Empty: not such a template. Files
// with ${NAME} and templates for envsubst are not such templates, because they can be read as they are.
enum class Format { env, dockerfile, compose, nginx, unit };
std::string_view engine_of(std::string_view path, std::string_view text, Format format);

}
