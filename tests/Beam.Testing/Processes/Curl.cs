using System.Globalization;

namespace Beam.Testing;

/// <summary>curl, silent except for errors. It gives up after a minute.</summary>
public static class Curl
{
    private static readonly string[] Always = ["-sS", "--max-time", "60"];
    private static readonly string[] Failing = [.. Always, "--fail"];

    /// <summary>Starts it with <c>--fail</c>.</summary>
    public static ClientProcess Start(params IEnumerable<string> arguments) => ClientProcess.Start("curl", [.. Failing, .. arguments]);

    /// <inheritdoc cref="Start(IEnumerable{string})"/>
    public static ClientProcess Start(IEnumerable<string> arguments, ClientProcessOptions options)
        => ClientProcess.Start("curl", [.. Failing, .. arguments], options);

    /// <summary>Returns status, headers and body of whatever the server answers.</summary>
    public static Task<string> AnswerAsync(params IEnumerable<string> arguments) => RunAsync(["-i", .. arguments]);

    /// <summary>Returns the status alone.</summary>
    public static async Task<int> StatusAsync(params IEnumerable<string> arguments)
        => int.Parse(await RunAsync(["-o", "/dev/null", "-w", "%{http_code}", .. arguments]), CultureInfo.InvariantCulture);

    private static async Task<string> RunAsync(IEnumerable<string> arguments)
    {
        await using var curl = ClientProcess.Start("curl", [.. Always, .. arguments]);
        return (await curl.OutputOfSuccessAsync()).ReplaceLineEndings("\n");
    }
}
