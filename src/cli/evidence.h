#pragma once
#include "cli/spec.h"
#include "report/report.h"
#include "sys/signature.h"
#include <memory>
#include <string>

// Signs the verdict of a tool that judges, if the team's key is here (docs/evidence.md). One way for all tools: a tool
// only says which of its commands judge (Spec::judges).
namespace fairlead::cli {

struct Signer {
    std::shared_ptr<const sys::PrivateKey> key; // null: nothing is signed
    std::string folder;                         // where evidence is stored; absolute, with '/' at the end
    std::string advice; // why the verdict is advice and no evidence: "pull request #7 comes from a fork"; may be empty
};

// Called before the tool runs. Error (usage): the variable holds no key, or names a file that others can read.
Result<Signer> signer_of(const Spec& spec, const Context& context);
// Writes the signed statement. If it can't be stored, a message says why, and the run is not affected: whoever requires
// the statement won't find it.
void sign_verdict(const report::Report& report, const Spec& spec, const Context& context, const Signer& signer);

}
