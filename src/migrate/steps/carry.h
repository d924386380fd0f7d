#pragma once
#include "migrate/steps/apply.h"
#include "migrate/steps/database.h"
#include "migrate/steps/standing.h"
#include "report/report.h"
#include "sys/data/json_fwd.h"
#include <memory>
#include <string>
#include <vector>

namespace fairlead::migrate {

// Carries tasks out, one after another, and keeps what became of them for the report.
class Carrier {
  public:
    // `request` lives as long: what it confirms may reach beyond the database.
    Carrier(Database& database, const Place& place, const Request& request);
    ~Carrier();

    // False: it was refused, and the report says why. Error (could_not): connection lost, stop request; (usage): it
    // took rows away that nobody confirmed, and was rolled back. Both say what had been done by then.
    Result<bool> run(const Task& task);

    Task up(const Step& step, const std::string& backup) const;
    Task down(const Step& step) const;
    bool is_all_well() const { return failed_.message.empty(); }
    std::size_t count() const { return done_; }
    void fill(report::Report& report) const; // migrations, findings, outputs, verdict
    std::string highest_applied_without(const std::string& version) const;

  private:
    Confirmed is_confirmed(const Task& task) const;
    std::string told(const Task& task, const Outcome& outcome) const;
    std::string way_out(const Task& task, const std::string& why) const;
    records::Record row_of(const files::Migration& file) const;

    Database& database_;
    const Place& place_;
    const Request& request_;
    Applier applier_;
    std::string who_, commit_;
    std::unique_ptr<sys::Json> list_;
    std::vector<std::string> labels_; // of what was done
    report::Finding failed_;
    std::size_t done_ = 0;
};

std::string counted(std::size_t count, std::string_view one, std::string_view many);

}
