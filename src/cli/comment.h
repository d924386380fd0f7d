#pragma once
#include "base/secrets/secret.h"
#include "cli/session.h"
#include "cli/spec.h"
#include "report/report.h"
#include "sys/environment.h"

// Posts the summary of a run as a comment on its pull request.
namespace fairlead::cli {

// Lets a tool comment: adds the input comment-token, which fills `token`.
void let_comment(Spec& spec, Secret& token);

// Starts the process that posts, before our own process is confined. Only that process may connect, and only to the API
// of this job's repository. Nothing is started if no variable gives a token.
void start_commenting(Session& session, const sys::Environment& variables);
// If the comment can't be posted, only a warning says why.
void comment(const Session& session, const report::Report& report);

}
