#pragma once
#include "base/result.h"
#include "chain/recovery.h"
#include "config/config.h"
#include "sys/environment.h"
#include <string>

// Stores the finished stages of a recovery in the state folder of the user: one file for each fairlead.yml, application
// and environment. Only this file is believed, never a file of a checkout.
namespace fairlead::chain {

class RecoveryFile {
  public:
    // Chooses XDG_STATE_HOME if it is set, also for root; else the folder of sys::state_folder(). Creates nothing.
    // Error (usage): there is no such folder, or it is in the work tree.
    static Result<RecoveryFile> of(const config::Config& config, const std::string& environment,
                                   const sys::Environment& variables);
    Result<Recovery> read() const; // absent: no recovery was begun. Error: it is not ours, or can't be read
    Result<void> write(const Recovery& recovery) const;
    std::string shown() const { return folder_ + "/" + name_; }

  private:
    std::string folder_, name_;
    std::string config_, app_, environment_; // identity of the recovery: a file for another recovery is ignored
};

}
