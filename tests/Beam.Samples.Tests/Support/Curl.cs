namespace Beam.Samples.Tests.Support;

/// <summary>curl, silent except for errors, with <c>--fail</c>.</summary>
internal static class Curl
{
    private static readonly string[] Always = ["-sS", "--fail", "--max-time", "60"];

    public static ClientProcess Start(params IEnumerable<string> arguments) => ClientProcess.Start("curl", [.. Always, .. arguments]);

    public static ClientProcess Start(IEnumerable<string> arguments, ClientProcessOptions options) => ClientProcess.Start("curl", [.. Always, .. arguments], options);

    /// <summary>Returns status, headers and body of whatever the server answers.</summary>
    public static async Task<string> AnswerAsync(params IEnumerable<string> arguments)
    {
        await using var curl = ClientProcess.Start("curl", ["-sS", "-i", "--max-time", "60", .. arguments]);
        Assert.True(await curl.WaitAsync() == 0, curl.Describe());
        return curl.OutputText.ReplaceLineEndings("\n");
    }

    /// <summary>Returns the status alone.</summary>
    public static async Task<int> StatusAsync(params IEnumerable<string> arguments)
    {
        await using var curl = ClientProcess.Start("curl", ["-sS", "-o", "/dev/null", "-w", "%{http_code}", "--max-time", "60", .. arguments]);
        Assert.True(await curl.WaitAsync() == 0, curl.Describe());
        return int.Parse(curl.OutputText, System.Globalization.CultureInfo.InvariantCulture);
    }
}
