#include "k8s/refusal.h"

#include <fmt/format.h>

namespace innkeeper::k8s {
namespace {

std::string message_of(const nlohmann::json& body) {
  return body.is_object() ? body.value("message", "") : std::string{};
}

std::string reason_of(const nlohmann::json& body) {
  return body.is_object() ? body.value("reason", "") : std::string{};
}

const nlohmann::json& causes_of(const nlohmann::json& body) {
  static const nlohmann::json none = nlohmann::json::array();
  if (!body.is_object() || !body.contains("details")) return none;
  const auto& details = body.at("details");
  return details.is_object() && details.contains("causes") && details.at("causes").is_array() ? details.at("causes")
                                                                                              : none;
}

bool has_cause(const nlohmann::json& body, std::string_view reason) {
  return std::ranges::any_of(causes_of(body), [&](const auto& one) { return one.value("reason", "") == reason; });
}

// Of: secrets "x" is forbidden: User "system:serviceaccount:infra:innkeeper" cannot get resource …
std::string user_in(std::string_view message) {
  static constexpr std::string_view before = "User \"";
  const auto at = message.find(before);
  if (at == std::string_view::npos) return {};
  const auto rest = message.substr(at + before.size());
  return std::string{rest.substr(0, rest.find('"'))};
}

bool is_missing_right(std::string_view message) {
  return message.find(" cannot ") != std::string_view::npos && message.find(" resource ") != std::string_view::npos;
}

exec::error missing_right(const std::string& message, const request_purpose& purpose) {
  const auto who = subject_named(user_in(message));
  auto objects = rbac_objects(purpose.needed, who);
  // The account is there: it was the one who asked.
  std::erase_if(objects, [](const rbac_object& one) { return one.at("kind") == "ServiceAccount"; });
  const auto account =
      who.user.empty() ? fmt::format(" --service-account {}", to_string(who.service_account)) : std::string{};
  return {exit_code::not_permitted, fmt::format("could not {}: a right is missing", purpose.doing), message,
          fmt::format(
              "Somebody who may grant rights there runs: innkeeper render rbac{} --namespace {} | kubectl apply -f - . "
              "For this alone it takes:\n{}",
              account, purpose.name_space, to_yaml(objects))};
}

exec::error forbidden(const refused_answer& answer, const request_purpose& purpose) {
  const auto message = message_of(answer.body);
  if (has_cause(answer.body, "NamespaceTerminating"))
    return {exit_code::failed,
            fmt::format("could not {}: namespace \"{}\" is being deleted", purpose.doing, purpose.name_space), message,
            "Wait until it is gone, create it anew, then run this again."};
  if (is_missing_right(message)) return missing_right(message, purpose);
  // A quota, a policy, an admission webhook.
  return {exit_code::not_permitted, fmt::format("could not {}: the cluster's rules forbid it", purpose.doing), message};
}

exec::error not_found(const refused_answer& answer, const request_purpose& purpose) {
  const auto& body = answer.body;
  const bool is_namespace = body.is_object() && body.contains("details") && body.at("details").is_object() &&
                            body.at("details").value("kind", "") == "namespaces";
  if (is_namespace)
    return {exit_code::failed,
            fmt::format("could not {}: there is no namespace \"{}\"", purpose.doing, purpose.name_space),
            {},
            fmt::format("Correct the name in the manifest, or run: kubectl create namespace {}", purpose.name_space)};
  return {exit_code::failed, fmt::format("could not {}: it isn't there", purpose.doing), message_of(body)};
}

// Who else holds a field that we wanted, in the API server's words.
struct field_conflict {
  std::string manager;
  std::string field;  // ".data.DATABASE_URL"
};

// Empty: a 409 of another kind, where somebody was faster.
std::vector<field_conflict> conflicts_in(const refused_answer& answer) {
  std::vector<field_conflict> found;
  for (const auto& one : causes_of(answer.body)) {
    if (one.value("reason", "") != "FieldManagerConflict") continue;
    // conflict with "kubectl-edit" using v1 at 2026-01-01T00:00:00Z
    const std::string text = one.value("message", "");
    const auto quote = text.find('"');
    const auto end = quote == std::string::npos ? quote : text.find('"', quote + 1);
    found.push_back(
        {end == std::string::npos ? text : text.substr(quote + 1, end - quote - 1), one.value("field", "")});
  }
  return found;
}

exec::error conflict(const refused_answer& answer, const request_purpose& purpose) {
  const auto conflicts = conflicts_in(answer);
  if (conflicts.empty())
    return {exit_code::may_retry, fmt::format("could not {}: another hand was faster", purpose.doing),
            message_of(answer.body), "Run it again; what is done already stays done."};
  std::vector<std::string> fields;
  for (const auto& one : conflicts) fields.push_back(fmt::format("{} is kept by \"{}\"", one.field, one.manager));
  return {exit_code::failed, fmt::format("could not {}: another hand keeps what Innkeeper would change", purpose.doing),
          fmt::format("{}", fmt::join(fields, "; ")),
          "Take these keys out of the other tool, or out of the manifest. innkeeper apply --overwrite-secret SERVICE "
          "replaces theirs."};
}

exec::error invalid(const refused_answer& answer, const request_purpose& purpose) {
  const auto message = message_of(answer.body);
  if (message.find("`immutable`") != std::string::npos)
    return {exit_code::failed, fmt::format("could not {}: it says `immutable: true`", purpose.doing), message,
            "Such a Secret can only be replaced: kubectl delete it, run this again, and restart the pods that use it."};
  return {exit_code::failed, fmt::format("could not {}: the API server finds it not valid", purpose.doing), message};
}

}  // namespace

exec::error explain(const refused_answer& answer, const request_purpose& purpose) {
  const auto message = message_of(answer.body);
  switch (answer.status) {
    case 401:
      return {
          exit_code::not_permitted, fmt::format("could not {}: the API server doesn't know who asks", purpose.doing),
          fmt::format("credentials: {}", purpose.credentials),
          "A token may have expired, or be of another cluster. Renew it, or name another kubeconfig in KUBE_CONFIG."};
    case 403:
      return forbidden(answer, purpose);
    case 404:
      return not_found(answer, purpose);
    case 409:
      return conflict(answer, purpose);
    case 410:
      return {exit_code::may_retry, fmt::format("could not {}: what was asked about is no longer kept", purpose.doing),
              message, "Run it again."};
    case 413:
      return {exit_code::failed, fmt::format("could not {}: it is too large", purpose.doing), message,
              "A Secret holds at most 1 MiB."};
    case 422:
      return invalid(answer, purpose);
    case 429:
      return {exit_code::may_retry, fmt::format("could not {}: the API server is busy", purpose.doing), message,
              "Run it again later; what is done already stays done."};
    default:
      break;
  }
  if (answer.status >= 300 && answer.status < 400)
    return {exit_code::failed, fmt::format("could not {}: the server answers with a redirection", purpose.doing),
            fmt::format("status {}; credentials: {}", answer.status, purpose.credentials),
            "What answers there is no API server; correct `server` in the kubeconfig."};
  return {answer.status >= 500 ? exit_code::may_retry : exit_code::failed,
          fmt::format("could not {}: the API server answered with status {}", purpose.doing, answer.status),
          message.empty() ? reason_of(answer.body) : message,
          answer.status >= 500 ? "Run it again; what is done already stays done." : ""};
}

}  // namespace innkeeper::k8s
