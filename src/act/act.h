#pragma once
#include "act/event.h"
#include "act/workflow.h"
#include "base/result.h"
#include "report/report.h"
#include "sys/environment.h"
#include "sys/git/repository.h"
#include <string>
#include <utility>
#include <vector>

// Implements `fairlead act`: runs a workflow of this repository with nektos/act, and the event that GitHub would send
// for the checkout.
namespace fairlead::act {

struct Request {
    std::string workflow; // its file, or the file's name without .yml; empty: pull-request, or the only workflow
    std::string event;    // empty: the workflow's first event that suits a dry run
    std::string base;     // revision to compare a change with; empty: the default branch, here or at origin
    // acts as if this tag was pushed; empty: the branch, or the tag at HEAD if the workflow wants tags
    std::string tag;
    std::string image;                // container mode; empty: host mode
    std::string actions;              // folder with our actions; empty: next to the executable, else from the network
    std::vector<std::string> inputs;  // for workflow_dispatch, NAME=VALUE
    std::vector<std::string> secrets; // names of variables
    bool live = false;                // tools also make changes, even in jobs that deploy
    int stream = 1;                   // descriptor for act's output
    bool dry_run = false;             // only shows the command and the event
};

// Chooses an event if --event is not given: the first that suits a dry run. Error (usage): there is no such event.
Result<std::string> choose_event(const Workflow& workflow, const std::string& file, const std::string& wanted);
// Collects the facts of the checkout. Error (usage), with what to give: a change has no base, or a tag is absent.
Result<Facts> facts_of(const sys::Repository& repository, const Trigger& trigger, const Request& request);
std::string repository_name(std::string_view remote, std::string_view folder); // acme/shop; without a remote local/shop

struct Places {
    std::string root;                 // top folder of the work tree
    std::string workflow, event_file; // paths; the workflow's from the root
    std::string programs;             // folder of our executables
    std::string actions;              // folder with our actions; empty: act downloads them
    std::string repository = {};      // its name if no remote has it; empty: act finds it
};
std::vector<std::string> command(const Workflow& workflow, const std::string& event, const Places& places,
                                 const Request& request);

// The results of act's jobs, from its output. Output of a step follows "|" there.
struct Jobs {
    int passed = 0, failed = 0, foreign = 0; // foreign: for a kind of runner that this machine can't replace
    std::string unreachable; // address that act itself could not reach: https://github.com/actions/checkout
    void hear(std::string_view lines);
};
std::string told(const Jobs& jobs); // "3 jobs said yes, 1 said no"

// Error (could_not): act is not installed (the message has the line that installs it), it could start no job, or it
// could not reach something that a job needs. A run without any job doesn't pass.
Result<report::Report> act(const Request& request, const sys::Environment& variables);

}
