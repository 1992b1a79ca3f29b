using Beam.AspNetCore.Pages;

namespace Beam.AspNetCore.Sending;

/// <summary>What a browser shows of the receipt of a file that was sent with a form.</summary>
internal static class ReceiptPage
{
    public static Page Render(Receipt receipt, string channel) => MessagePage.Render(
        Texts.Of("message.sentTitle"),
        $"{Texts.Of("send." + receipt.Outcome, "send.sent")} ({ByteText.Of(receipt.Bytes)})",
        "good",
        channel,
        Texts.Of("message.sendAnother"));
}
