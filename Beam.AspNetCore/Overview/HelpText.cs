namespace Beam.AspNetCore.Overview;

/// <summary>The text for curl at the root: commands for this server, ready to paste.</summary>
internal static class HelpText
{
    public static string Render(string baseUrl, bool allowsOneShot) => $"""
        Beam passes a file from one HTTP request to another. Nothing is kept.

        {(allowsOneShot ? OneCommand(baseUrl) : "Get")} a token, which opens a channel between you and the person you give it to:

          TOKEN=$(curl --fail -sX POST '{baseUrl}/token')

        Send (it waits for the receiver, and its exit code says whether the file arrived):

          curl --fail -T report.pdf "{baseUrl}/$TOKEN/"

        Receive, before or after:

          curl --fail -OJ "{baseUrl}/$TOKEN/report.pdf"

        A pipe, a form, a shorter wait:

          tar c folder | curl --fail -T - "{baseUrl}/$TOKEN/folder.tar"
          curl --fail -F file=@report.pdf "{baseUrl}/$TOKEN"
          curl --fail -T report.pdf "{baseUrl}/$TOKEN/report.pdf?wait=30"

        The next file, whatever its name; where a transfer stands:

          curl --fail -OJ "{baseUrl}/$TOKEN"
          curl --fail "{baseUrl}/$TOKEN/report.pdf?status"

        A link with which somebody can send you one file within ten minutes:

          curl --fail -X POST "{baseUrl}/$TOKEN/-/token?rights=send&uses=1&lifetime=600"

        Cancel a transfer, revoke the token:

          curl --fail -X DELETE "{baseUrl}/$TOKEN/report.pdf"
          curl --fail -X DELETE "{baseUrl}/$TOKEN"

        """;

    private static string OneCommand(string baseUrl) => $"""
        Send in one command (it prints where to receive, then whether the file arrived):

          curl --fail -T report.pdf '{baseUrl}/'

        Or get
        """;
}
