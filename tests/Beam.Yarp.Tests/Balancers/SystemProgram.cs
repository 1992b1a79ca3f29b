namespace Beam.Yarp.Tests.Balancers;

/// <summary>A program that systems keep where only root looks for it.</summary>
internal static class SystemProgram
{
    /// <summary>Its path; the test is skipped when there is none.</summary>
    public static string FindOrSkip(string name)
    {
        string[] folders =
        [
            .. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator), "/usr/sbin", "/usr/local/sbin",
        ];
        var path = folders.Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
        Assert.SkipWhen(path is null, $"{name} is not installed.");
        return path!;
    }
}
