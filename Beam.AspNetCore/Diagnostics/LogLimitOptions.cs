namespace Beam.AspNetCore.Diagnostics;

/// <summary>Whose log entries are limited.</summary>
internal sealed class LogLimitOptions
{
    /// <summary>Gets the categories. Those below one of them, after a dot, count too.</summary>
    public ISet<string> Categories { get; } = new HashSet<string>(StringComparer.Ordinal);
}
