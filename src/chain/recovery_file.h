#pragma once
#include "base/result.h"
#include "chain/recovery.h"
#include "config/config.h"
#include "sys/environment.h"
#include <string>

// What a recovery has done, in the state folder of whoever recovers: one file for each fairlead.yml, application and
// environment. That a stage was done is believed from there alone, and never from what a checkout brings.
namespace fairlead::chain {

class RecoveryFile {
  public:
    // XDG_STATE_HOME where it is set, also for root; else as sys::state_folder() says. Nothing is made. Error (usage):
    // there is no such place, or it lies in the work tree.
    static Result<RecoveryFile> of(const config::Config& config, const std::string& environment,
                                   const sys::Environment& variables);
    Result<Recovery> read() const; // absent: none was begun. Error: it is not ours, or can't be read
    Result<void> write(const Recovery& recovery) const;
    std::string shown() const { return folder_ + "/" + name_; }

  private:
    std::string folder_, name_;
    std::string config_, app_, environment_; // whose it is: so that a file that was put there for another is none
};

}
