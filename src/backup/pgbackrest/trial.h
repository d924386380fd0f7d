#pragma once
#include "backup/engines/postgres_parts.h"
#include "backup/pgbackrest/look.h"
#include "sys/files/scratch.h"
#include <memory>
#include <string>

// A backup restored into a folder of its own, and a server started on it: what the highest levels of `verify` prove.
namespace fairlead::backup::pgbackrest {

class Trial {
  public:
    Trial(const Job& job, const SourceSettings& source, const Look& seen, const BackupInfo& backup);
    Trial(const Trial&) = delete;
    Trial& operator=(const Trial&) = delete;
    ~Trial(); // the server ends and the folder goes
    // Every file, whose checksums pgBackRest compares. Error (no): one is damaged or missing.
    Result<void> restore();
    // Recovery to the moment at which the backup is consistent, every table of every database read, verify.queries
    // asked, the server ended, and the checksums of all pages compared where the cluster has them. What was read.
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
