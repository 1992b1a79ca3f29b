using Beam.AspNetCore.Pages;

namespace Beam.AspNetCore.Answers;

/// <summary>What a browser shows of a refusal, with advice where there is some.</summary>
internal static class RefusalPage
{
    public static Page Render(Answer answer, string root)
    {
        var title = Texts.Of("message." + answer.Status, "message.other");
        var reason = answer.Code is "unknown_token" ? Texts.Of("message.unknown_token") : answer.Reason;
        return MessagePage.Render(title, reason, answer.Code is "gone" or "unknown_token" ? "idle" : "bad", root, Texts.Of("message.home"));
    }
}
