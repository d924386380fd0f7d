#pragma once
#include "base/result.h"
#include "smoke/attempt.h"
#include "smoke/hurl/syntax.h"
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

// One assert of the Hurl language as an expectation of a check: `jsonpath "$.items" count > 3`.
namespace fairlead::smoke {

class HurlAssert {
  public:
    // Error (usage): the text is not a single assert, or it needs something that a check doesn't have: variables,
    // files, or the queries `url`, `redirects` and `variable`.
    static Result<HurlAssert> parse(std::string_view text);

    bool wants_certificate() const; // whether the request must keep the handshake
    bool is_about_status() const;

  private:
    friend std::optional<Mismatch> judge_asserts(const std::vector<HurlAssert>& asserts,
                                                 const sys::HttpResponse& response,
                                                 const std::function<bool()>& is_over);
    explicit HurlAssert(hurl::File file);
    std::shared_ptr<const hurl::File> file_; // a request that is never sent, and the assert
};

// Returns the first failed assert. `is_over`: whether the time for judging is over; may be empty.
std::optional<Mismatch> judge_asserts(const std::vector<HurlAssert>& asserts, const sys::HttpResponse& response,
                                      const std::function<bool()>& is_over = {});

}
