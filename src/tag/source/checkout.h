#pragma once
#include "base/result.h"
#include "base/time.h"
#include "sys/git/repository.h"
#include "tag/source/clone.h"
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Reads the repository around a folder; opens it when it is first needed.
namespace fairlead::tag {

struct Head {
    std::string ref;                      // refs/heads/main; empty: HEAD is detached and no reference points to it
    std::string sha;                      // empty: no commit yet
    std::vector<std::string> passed_over; // other tags at a detached HEAD, at most eight
    std::size_t passed_over_count = 0;
    bool is_behind = false; // the ref contains the commit, but also newer commits
};

class Checkout {
  public:
    // Uses the first of the two folders that is in a repository.
    explicit Checkout(std::string folder, std::string otherwise = {})
        : folder_(std::move(folder)), otherwise_(std::move(otherwise)) {}

    Result<const sys::Repository*> repository(); // error: could_not, with the reason
    Result<sys::References*> references();       // all references, read once
    // sets the tag that is being built, which a clone with all tags has
    void expect_tag(std::string tag) { own_tag_ = std::move(tag); }

    enum class Holder { wanted, unwanted }; // whether to search all history for a branch that contains a detached HEAD
    Result<Head> head(Holder holder = Holder::wanted);
    // the committer's date; nothing if the revision is absent
    std::optional<SystemTime> commit_date(const std::string& revision);
    std::optional<std::string> default_branch();       // of the repository that was cloned, if git noted it
    std::optional<std::string> guess_default_branch(); // a guess if git didn't note it
    std::string default_branch_command(); // the command that makes git note it; empty: there is no such command
    std::optional<std::string> resolve(const std::string& revision);
    // Also finds refs/heads/x if the clone has that branch only as a branch of the remote.
    std::optional<std::string> commit_of_ref(const std::string& ref);
    std::optional<std::string> remote_url(); // URL of origin as a web address

    // Calls `each` for every tag here, without refs/tags/, in no order.
    Result<void> each_tag(const std::function<Result<void>(std::string_view)>& each);
    bool is_broken(std::string_view tag); // the tag names no object
    // Checks that all `tags` are here. Error (could_not), with the command that fetches them: some may be missing.
    Result<void> require(Tags tags);
    // For an error of a walk that needs the history and all tags: in a shallow clone, names the command that fetches
    // both.
    Error cut_short(Error error);
    // Returns the commit that a tag leads to; nothing if it names a tree or a file.
    Result<std::optional<std::string>> commit_of_tag(const std::string& tag);
    Result<std::map<std::string, std::string>> commits_of_tags(); // from tag to commit, for all tags
    // The distance of `head` from the nearest tag among its ancestors, like git-describe(1) --tags.
    struct Described {
        std::string tag; // empty: no tag among the ancestors
        std::size_t distance = 0;
        std::string text; // "v1.2.3-4-g1a2b3c4", or the short id
    };
    Result<Described> describe(const std::string& head);
    Result<std::size_t> commit_count(const std::string& head);
    std::string shallow_remark(); // what a shallow clone lacks and how to get it; empty: not shallow
    // deepen() lets git fetch the rest of the history and all tags, by deepen_command().
    Result<std::vector<std::string>> deepen_command(); // its arguments
    Result<void> deepen();

  private:
    struct TagAt {
        std::string_view name;   // without refs/tags/
        std::string_view object; // of an annotated tag; empty: a lightweight tag
        std::string_view commit;
    };
    Result<const std::vector<TagAt>*> tags_at(); // all tags that lead to a commit, read once
    std::string folder_, otherwise_, own_tag_;
    bool deepened_ = false;
    std::optional<Result<sys::Repository>> repository_;
    std::optional<sys::References> references_;
    std::optional<std::vector<TagAt>> tags_at_;
    std::vector<std::optional<std::string>> peeled_; // storage that tags_at_ points into
};

}
