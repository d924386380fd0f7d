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

// `fairlead act`: a workflow of this repository under nektos/act, with the event that GitHub would send for what is
// checked out.
namespace fairlead::act {

struct Request {
    std::string workflow; // its file, or that file's name without .yml; empty: pull-request, or the only one
    std::string event;    // empty: the first of the workflow's that a dry run is good for
    std::string base;     // revision that a change is compared with; empty: the default branch, here or at origin
    std::string tag;      // as if it was pushed; empty: the branch, or where the workflow wants tags the one at HEAD
    std::string image;    // container mode; empty: host mode
    std::string actions;  // folder with our actions; empty: beside the executable, else from the network
    std::vector<std::string> inputs;  // of workflow_dispatch, NAME=VALUE
    std::vector<std::string> secrets; // names of variables
    bool live = false;                // the tools act in jobs that deploy, too
    int stream = 1;                   // that act's output goes to
    bool dry_run = false;             // only the command and the event are shown
};

// The name that --event doesn't give: what a dry run is good for first. Error (usage): nothing of that is there.
Result<std::string> choose_event(const Workflow& workflow, const std::string& file, const std::string& wanted);
// Of what is checked out. Error: usage, with what to give, where a change has no base or a tag is not there.
Result<Facts> facts_of(const sys::Repository& repository, const Trigger& trigger, const Request& request);
std::string repository_name(std::string_view remote, std::string_view folder); // acme/shop; without a remote local/shop

struct Places {
    std::string root;                 // of the work tree
    std::string workflow, event_file; // paths, the workflow's from the root
    std::string programs;             // folder of our executables
    std::string actions;              // folder with our actions; empty: act brings them
    std::string repository = {};      // its name where no remote tells it; empty: act finds it
};
std::vector<std::string> command(const Workflow& workflow, const std::string& event, const Places& places,
                                 const Request& request);

// How its jobs ended, by what act prints; what a step prints stands behind "|" there.
struct Jobs {
    int passed = 0, failed = 0, foreign = 0; // foreign: of a runner that this machine can't stand for
    std::string unreachable;                 // what act itself could not reach: https://github.com/actions/checkout
    void hear(std::string_view lines);
};
std::string told(const Jobs& jobs); // "3 jobs said yes, 1 said no"

// Error (could_not): act isn't here, with the line that installs it; it could start no job; it could not reach what a
// job needs. No job at all is no yes.
Result<report::Report> act(const Request& request, const sys::Environment& variables);

}
