using Beam.AspNetCore;
using Beam.Server.Settings;
using Microsoft.Extensions.Options;

namespace Beam.Server.Hosting;

/// <summary>Says in one line why the server does not start, for everything that settings or the machine can cause.</summary>
internal static class StartFailure
{
    public static bool IsExpected(Exception exception)
        => exception is SettingsException or OptionsValidationException or InvalidOperationException or FormatException or ArgumentException
            or InvalidDataException or IOException or UnauthorizedAccessException;

    public static string Describe(Exception exception)
    {
        var text = exception is OptionsValidationException invalid
            ? string.Join(' ', invalid.Failures.Select(failure => NameSetting(failure, invalid.OptionsType)))
            : exception.Message;
        return "Not started: " + text.ReplaceLineEndings(" ");
    }

    // "Property WindowBytes: It must be ..." is about Beam:WindowBytes.
    private static string NameSetting(string failure, Type options)
        => !failure.StartsWith("Property ", StringComparison.Ordinal) ? failure
            : (options == typeof(BeamQuotaOptions) ? "Beam:Quotas:" : "Beam:") + failure["Property ".Length..];
}
