namespace Beam.Cli.Configuration;

/// <summary>Reads a setting that is <c>yes</c> or <c>no</c>.</summary>
internal static class YesOrNo
{
    /// <exception cref="UsageException">The value is neither.</exception>
    public static bool Read(string name, string value) => value switch
    {
        "yes" => true,
        "no" => false,
        _ => throw new UsageException($"{name} takes yes or no."),
    };
}
