#pragma once
#include "backup/job.h"
#include "backup/pgbackrest/program.h"
#include <optional>
#include <string>
#include <vector>

// Writes pgBackRest's configuration (https://pgbackrest.org/configuration.html) from fairlead.yml. Each store becomes a
// repository; `encrypt`, `compress` and `keep` apply as they do to sets. A file that somebody else wrote is only read,
// never changed.
namespace fairlead::backup::pgbackrest {

// The connection to PostgreSQL and the folder of its files, as the server reports them.
struct ClusterPlace {
    std::string data, socket, port, user, database;
};

// Fills in the source's stanza and the path of its configuration file.
SourceSettings with_defaults(const SourceSettings& source, const Job& job);

// Returns the configuration's text; without `cluster`, leaves out the settings of the cluster. Error (usage):
// pgBackRest, or this version of it, can't handle a store or a key of fairlead.yml.
Result<std::string> write_configuration(const Job& job, const SourceSettings& source, const Program& program,
                                        const std::optional<ClusterPlace>& cluster);
Result<void> save_configuration(const SourceSettings& source, const std::string& text); // readable only by its owner
// Returns the text without secrets, for display.
std::string without_secrets(const std::string& text);

enum class WrittenBy { nobody, us, others };
Result<WrittenBy> written_by(const sys::Path& file);
// Returns the value of `key` in the stanza's section, or else in [global]; empty: the key is missing.
std::string value_in(const std::string& text, const std::string& stanza, const std::string& key);

}
