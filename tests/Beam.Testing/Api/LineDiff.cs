using System.Text;

namespace Beam.Testing;

/// <summary>The lines two texts do not share.</summary>
public static class LineDiff
{
    /// <summary>Removed lines with a minus, added ones with a plus, in order, from a longest common subsequence.</summary>
    public static string Of(string before, string after)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        var (old, now) = (before.Split('\n'), after.Split('\n'));

        // common[i, j]: how many lines old[i..] and now[j..] share.
        var common = new int[old.Length + 1, now.Length + 1];
        for (var i = old.Length - 1; i >= 0; i--)
        {
            for (var j = now.Length - 1; j >= 0; j--)
            {
                common[i, j] = old[i] == now[j] ? common[i + 1, j + 1] + 1 : Math.Max(common[i + 1, j], common[i, j + 1]);
            }
        }

        var diff = new StringBuilder();
        for (int i = 0, j = 0; i < old.Length || j < now.Length;)
        {
            if (i < old.Length && j < now.Length && old[i] == now[j])
            {
                (i, j) = (i + 1, j + 1);
            }
            else if (j == now.Length || (i < old.Length && common[i + 1, j] >= common[i, j + 1]))
            {
                diff.Append("- ").Append(old[i++]).Append('\n');
            }
            else
            {
                diff.Append("+ ").Append(now[j++]).Append('\n');
            }
        }

        return diff.ToString();
    }
}
