using Beam.AspNetCore.Answers;
using Beam.AspNetCore.Sending;

namespace Beam.AspNetCore.Pages;

/// <summary>What a browser shows when there is nothing but an answer: a refusal, or the receipt of a form.</summary>
internal static class MessagePage
{
    /// <summary>A refusal, with what to do about it where that is known.</summary>
    public static Page Refusal(Answer answer, string root)
    {
        var title = Texts.Of("message." + answer.Status, "message.other");
        var reason = answer.Code is "unknown_token" ? Texts.Of("message.unknown_token") : answer.Reason;
        return Render(title, reason, answer.Code is "gone" or "unknown_token" ? "idle" : "bad", root, Texts.Of("message.home"));
    }

    /// <summary>The receipt of a file that was sent with a form.</summary>
    public static Page Receipt(Receipt receipt, string channel)
        => Render(Texts.Of("message.sentTitle"), $"{Texts.Of("send." + receipt.Outcome, "send.sent")} ({ByteText.Of(receipt.Bytes)})", "good", channel, Texts.Of("message.sendAnother"));

    private static Page Render(string title, string text, string tone, string link, string linkText) => new(title, $"""
        <section class="card"><h1>{title}</h1>
        <p class="state" data-state data-tone="{tone}">{text}</p>
        <p><a href="{link}">{linkText}</a></p></section>

        """);
}
