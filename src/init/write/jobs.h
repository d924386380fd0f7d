#pragma once
#include "init/write.h"
#include "init/write/workflow.h"
#include <string>
#include <vector>

// Makes jobs and steps that several workflows share.
namespace fairlead::init {

struct Writing {
    const Project& project;
    const Given& given;
};

bool is_alone(const Project& project); // a single component, so its name is left out
std::string job_id(const Project& project, const std::string& job, const Component& component); // gate, gate-api
std::vector<const Component*> services(const Project& project); // components that can be deployed
std::vector<const Component*> with_image(const Project& project);
std::vector<Environment>
environments(const Writing& writing); // environments to deploy to: from fairlead.yml, or the environments that we write
// Return the environment for deployments to staging, and to production; nullptr: no such environment.
const Environment* staging_of(const std::vector<Environment>& all);
const Environment* production_of(const std::vector<Environment>& all);
// Returns names of variables that the component's deployment gets from the environment's secrets.
std::vector<std::string> secrets_of(const Writing& writing, const Component& component, const Environment& environment);
// Returns a project's path as seen from the component's folder.
std::string within(const Component& component, const std::string& path);
// Returns a component's fairlead.yml, from the repository's root: its own if several are deployed.
std::string config_of(const Project& project, const Component& component);
std::string image_of(const Project& project, const Component& component); // ghcr.io/${{ github.repository }}-api

std::string workflow_path(const Writing& writing, const std::string& name); // ../.github/workflows/shop-release.yml
std::string title(const Project& project, const std::string& name);         // "release of shop"
std::string group_of(const Project& project, const std::string& name);      // "release-shop"

Act check_out(int depth, std::string why);
Act our(const Writing& writing, std::string name, const std::string& tool, Entries with = {});

enum class Of { change, deployment }; // published or deployed files never come from a cache
std::vector<Act> build_steps(const Writing& writing, const Component& component,
                             Of of); // runtime, install, build
Job scan_job(const Writing& writing, Of of);
// Returns whether there is configuration to check: an image or a compose file, not only workflows.
bool has_configuration(const Project& project);
Job preflight_job(const Writing& writing);
Job gate_job(const Writing& writing, const Component& component, Of of);
std::vector<Job> gate_jobs(const Writing& writing, Of of);
std::vector<std::string> ids(const std::vector<Job>& jobs);
// Returns its text. Before the first release, each of our steps builds its program. The time limits include that, and
// jobs of a change keep the build in the runner's cache.
std::string render_workflow(const Writing& writing, Workflow workflow, Of of);

Act log_in();                         // to ghcr.io, with the job's own token
extern const Permission to_check_out; // contents: read

// Runs on the serving host: deploy, smoke, and a rollback if smoke fails (decisions K1).
Job deploy_job(const Writing& writing, const Component& component, const Environment& environment);

}
