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

// The repository around a folder, opened when it is first asked something.
namespace fairlead::tag {

struct Head {
    std::string ref;                      // refs/heads/main; empty: detached and nothing points there
    std::string sha;                      // empty: no commit yet
    std::vector<std::string> passed_over; // further tags at a detached HEAD, at most eight
    std::size_t passed_over_count = 0;
    bool is_behind = false; // the ref only holds the commit, and leads further
};

class Checkout {
  public:
    // Of the two folders the first that is in a repository.
    explicit Checkout(std::string folder, std::string otherwise = {})
        : folder_(std::move(folder)), otherwise_(std::move(otherwise)) {}

    Result<const sys::Repository*> repository();                    // error: could_not, with the reason
    Result<sys::References*> references();                          // all of them, read once
    void expect_tag(std::string tag) { own_tag_ = std::move(tag); } // that is being built: what has all tags has it

    enum class Holder { wanted, unwanted }; // of a detached HEAD to which no name leads: a look at the whole history
    Result<Head> head(Holder holder = Holder::wanted);
    std::optional<SystemTime> commit_date(const std::string& revision); // the committer's; nothing when it is not there
    std::optional<std::string> default_branch(); // of the repository that it came from, where that was written down
    std::optional<std::string> guess_default_branch(); // where it wasn't
    std::string default_branch_command();              // that writes it down; empty: there is none
    std::optional<std::string> resolve(const std::string& revision);
    // Of refs/heads/x where the clone has that branch of the remote only, too.
    std::optional<std::string> commit_of_ref(const std::string& ref);
    std::optional<std::string> remote_url(); // of origin, as a web address

    // Every tag that is here without refs/tags/, in no order.
    Result<void> each_tag(const std::function<Result<void>(std::string_view)>& each);
    bool is_broken(std::string_view tag); // one of them names no object
    // Whether all that are asked for are here; error (could_not): some may well be missing, with the command that
    // brings them.
    Result<void> require(Tags tags);
    // Of a walk through the history that needs all tags: in a shallow clone with the command that brings both.
    Error cut_short(Error error);
    // The commit that a tag leads to; nothing when it names a tree or a file.
    Result<std::optional<std::string>> commit_of_tag(const std::string& tag);
    Result<std::map<std::string, std::string>> commits_of_tags(); // tag to commit, for all
    // How far `head` is from the nearest tag behind it, as git-describe(1) --tags says it.
    struct Described {
        std::string tag; // empty: no tag behind it
        std::size_t distance = 0;
        std::string text; // "v1.2.3-4-g1a2b3c4", or the short id
    };
    Result<Described> describe(const std::string& head);
    Result<std::size_t> commit_count(const std::string& head);
    std::string shallow_remark(); // what a shallow clone hides and how to get it; empty: it is none
    // Runs git: fetches the rest of the history and all tags.
    Result<std::vector<std::string>> deepen_command(); // its argv
    Result<void> deepen();

  private:
    struct TagAt {
        std::string_view name;   // without refs/tags/
        std::string_view object; // of an annotated one; empty: the tag is a plain name of the commit
        std::string_view commit;
    };
    Result<const std::vector<TagAt>*> tags_at(); // all that lead to a commit, looked at once
    std::string folder_, otherwise_, own_tag_;
    bool deepened_ = false;
    std::optional<Result<sys::Repository>> repository_;
    std::optional<sys::References> references_;
    std::optional<std::vector<TagAt>> tags_at_;
    std::vector<std::optional<std::string>> peeled_; // what tags_at_ looks into
};

}
