#pragma once
#include "backup/engines/postgres/postgres_parts.h"
#include "backup/pgbackrest/look.h"
#include "sys/files/owned/scratch.h"
#include <memory>
#include <string>

// Restores a backup into a temporary folder and starts a server on it, for the highest levels of `verify`.
namespace fairlead::backup::pgbackrest {

class Trial {
  public:
    Trial(const Job& job, const SourceSettings& source, const Look& seen, const BackupInfo& backup);
    Trial(const Trial&) = delete;
    Trial& operator=(const Trial&) = delete;
    ~Trial(); // ends the server and deletes the folder
    // Restores every file; pgBackRest compares the checksums. Error (no): a file is damaged or missing.
    Result<void> restore();
    // Recovers to the moment at which the backup is consistent, reads every table of every database, and asks
    // verify.queries. Then stops the server and checks the checksums of all pages, if the cluster has them. Returns a
    // text that says what was read.
    Result<std::string> start_and_read();

  private:
    Result<void> start();
    Result<void> wait();
    Result<void> be_superuser(postgres::Server& server);
    Result<void> stop();
    Result<std::string> read();
    Result<void> check_pages();
    Result<postgres::Server> connect(const std::string& database);
    sys::Path data() const;

    const Job& job_;
    const SourceSettings& source_;
    const Look& seen_;
    const BackupInfo& backup_;
    std::optional<sys::ScratchFolder> folder_;
    postgres::Programs programs_;
    std::unique_ptr<sys::ChildSource> server_;
    std::string user_; // a superuser of the cluster
};

}
