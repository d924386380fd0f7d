#pragma once
#include "backup/job.h"
#include "backup/pgbackrest/program.h"
#include <optional>
#include <string>
#include <vector>

// pgBackRest's configuration (https://pgbackrest.org/configuration.html), made of fairlead.yml: each store is one of
// its repositories, `encrypt`, `compress` and `keep` are as they are for sets. A file that we did not write is its
// owner's: it is read, and never written.
namespace fairlead::backup::pgbackrest {

// How PostgreSQL is reached and where its files lie; of the server itself.
struct ClusterPlace {
    std::string data, socket, port, user, database;
};

// The source with its stanza and the configuration's file filled in.
SourceSettings with_defaults(const SourceSettings& source, const Job& job);

// Its text, without a cluster where none is there to ask. Error (usage): a store or a key of fairlead.yml that
// pgBackRest, or this version of it, can't do.
Result<std::string> write_configuration(const Job& job, const SourceSettings& source, const Program& program,
                                        const std::optional<ClusterPlace>& cluster);
Result<void> save_configuration(const SourceSettings& source, const std::string& text); // for its owner alone
// The text without secrets, to be shown.
std::string without_secrets(const std::string& text);

enum class WrittenBy { nobody, us, others };
Result<WrittenBy> written_by(const sys::Path& file);
// The value of `key` in the stanza's section, else in [global]; empty: it isn't there.
std::string value_in(const std::string& text, const std::string& stanza, const std::string& key);

}
