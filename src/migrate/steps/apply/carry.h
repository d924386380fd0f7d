#pragma once
#include "migrate/steps/apply/apply.h"
#include "migrate/steps/database.h"
#include "migrate/steps/standing.h"
#include "report/report.h"
#include "sys/data/json_fwd.h"
#include <memory>
#include <string>
#include <vector>

namespace fairlead::migrate {

// Runs tasks one after another and keeps their results for the report.
class Carrier {
  public:
    // `request` must live as long as the Carrier. A migration that `request` confirms may act outside of the database,
    // on other files for example.
    Carrier(Database& database, const Place& place, const Request& request);
    ~Carrier();

    // False: the migration was refused, and the report says why. Error (could_not): the connection is lost, or a stop
    // was requested. Error (usage): it deleted rows without a confirmation and was rolled back. Both messages also say
    // what had been done before.
    Result<bool> run(const Task& task);

    Task up(const Step& step, const std::string& backup) const;
    Task down(const Step& step) const;
    bool is_all_well() const { return failed_.message.empty(); }
    std::size_t count() const { return done_; }
    void fill(report::Report& report) const; // migrations, findings, outputs, verdict
    std::string highest_applied_without(const std::string& version) const;

  private:
    Confirmed is_confirmed(const Task& task) const;
    std::string done_so_far() const;
    Result<void> check_may_begin(const Task& task) const;       // no stop, the lock is held, the file is the same
    Error broken_off(const Task& task, Error error) const;      // tells what is there now
    void note(const Task& task, const Outcome& outcome);        // for the report
    void keep_record(const Task& task, const Outcome& outcome); // in the database's records, as this run knows them
    std::string told(const Task& task, const Outcome& outcome) const;
    std::string way_out(const Task& task, const std::string& why) const;
    records::Record row_of(const files::Migration& file) const;

    Database& database_;
    const Place& place_;
    const Request& request_;
    Applier applier_;
    std::string who_, commit_;
    std::unique_ptr<sys::Json> list_;
    std::vector<std::string> labels_; // of the completed migrations
    report::Finding failed_;
    std::size_t done_ = 0;
};

}
