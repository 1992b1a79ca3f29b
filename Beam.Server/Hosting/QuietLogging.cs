using Microsoft.Extensions.Logging.Console;

namespace Beam.Server.Hosting;

/// <summary>
/// Keeps tokens, which are part of every path, out of the logs, whatever the configuration says. A rule for one provider and one exact
/// category outranks all others. Of two such rules the last counts, and these come last.
/// </summary>
internal static class QuietLogging
{
    // The server has such a warning of its own, which names the setting.
    private const string UnknownProxies = "Beam.AspNetCore.Requests.UnknownProxy";

    private static readonly string[] StartFailures = ["Microsoft.Extensions.Hosting.Internal.Host", "Microsoft.AspNetCore.Server.Kestrel"];

    /// <param name="logging">The logging, whose only provider becomes the console.</param>
    /// <param name="hasStarted">Says whether the server runs; before that, Program reports failures in one line.</param>
    public static void AddQuietConsole(this ILoggingBuilder logging, Func<bool> hasStarted)
    {
        logging.ClearProviders();
        logging.AddConsole();
        logging.HideBeamTokens<ConsoleLoggerProvider>();
        logging.AddFilter<ConsoleLoggerProvider>(UnknownProxies, LogLevel.None);

        foreach (var category in StartFailures)
        {
            logging.AddFilter<ConsoleLoggerProvider>(
                category,
                level => level >= LogLevel.Warning && (level == LogLevel.Warning || hasStarted()));
        }
    }
}
